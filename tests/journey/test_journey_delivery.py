"""Through a real mail server: everyone gets their own letter, once, whatever the server says in between."""

import html
import time

import pytest
from servers import DROP, Fault, greylist, refuse, smtp_server
from workplace import FIVE, MEMBERS, Desk, crowd, letter, people, the_error

PASSWORD = "Ufer#geheim 7"


def test_fifty_people_get_a_letter_of_their_own_over_starttls_with_a_login(desk: Desk) -> None:
    rows = crowd(50)
    desk.members(rows)
    with smtp_server(security="starttls", users={"uferpost": PASSWORD}) as server:
        desk.mail_server(server)
        done = desk.send(50)
    assert "recipients/members.csv" in done.out and "50 sent" in done.out
    assert "STARTTLS" in server.commands
    assert "EHLO" in server.commands[0] and "AUTH PLAIN" in server.commands
    got = {mail.recipients: mail for mail in server.accepted}
    assert len(server.received) == len(got) == 50
    assert len({letter(mail.content).message_id for mail in server.accepted}) == 50
    for address, first, last, town, *_ in rows:
        mail = letter(got[(address,)].content)
        assert mail.to.rpartition("<")[2].rstrip(">") == address
        assert mail.subject == f"Post für {first} aus {town}"
        assert f"Guten Tag {first}," in mail.text
        assert f"liebes Mitglied {last} & Freunde" in mail.text
        assert f"Guten Tag {first}," in mail.html
        assert f"liebes Mitglied {html.escape(last)} &amp; Freunde" in mail.html
    assert PASSWORD not in done.out + done.err


def test_markup_in_a_cell_arrives_as_text(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(5)
    mail = next(letter(got.content) for got in server.accepted if got.recipients == ("doerte@mitglied.test",))
    assert "Grün & Co <KG>" in mail.text
    assert "Grün &amp; Co &lt;KG&gt;" in mail.html


@pytest.mark.parametrize("certificate", ["unknown CA", "wrong name", "expired"])
def test_a_server_that_cannot_prove_its_name_gets_nothing(desk: Desk, certificate: str) -> None:
    with smtp_server(security="starttls", users={"uferpost": PASSWORD}, certificate=certificate) as server:
        desk.mail_server(server)
        done = desk.send(5, expect=1)
    assert "certificate" in done.err.lower()
    assert not server.received and "AUTH PLAIN" not in server.commands
    assert set(desk.states().values()) == {"pending"}


def test_someone_who_is_deferred_gets_the_mail_later_in_the_same_run(desk: Desk) -> None:
    desk.pace(retry_after_seconds=1, retry_for_seconds=10)
    with smtp_server(faults=[greylist("anna@mitglied.test")]) as server:
        desk.mail_server(server)
        started = time.monotonic()
        desk.send(5)
        assert time.monotonic() - started >= 1
    assert people(server)[-1] == "anna@mitglied.test"
    assert sorted(people(server)) == sorted(FIVE)
    assert set(desk.states().values()) == {"sent"}


def test_someone_who_stays_deferred_ends_the_run_with_3_and_gets_the_mail_in_the_next(desk: Desk) -> None:
    desk.pace(retry_after_seconds=60, retry_for_seconds=0)
    with smtp_server(faults=[greylist("anna@mitglied.test")]) as server:
        desk.mail_server(server)
        done = desk.send(5, expect=3)
        assert "1 deferred" in done.out
        row = next(row for row in desk.status() if row["address"] == "anna@mitglied.test")
        assert row["state"] == "deferred" and row["reply"].startswith("450 4.2.0")
        desk.send(1)
    assert sorted(people(server)) == sorted(FIVE)
    assert set(desk.states().values()) == {"sent"}


def test_someone_whom_the_server_refuses_has_failed_until_a_person_asks_for_a_retry(desk: Desk) -> None:
    no_more = Fault("rcpt", "550 5.1.1 no such user", "emil@mitglied.test", times=1)
    with smtp_server(faults=[no_more]) as server:
        desk.mail_server(server)
        done = desk.send(5, expect=3)
        assert "1 failed" in done.out
        assert "emil@mitglied.test" in desk.run("status").out
        assert "550 5.1.1 no such user" in desk.run("status").out
        assert "nothing to send" in desk.run("send", expect=3).out.lower()
        assert len(server.received) == 4
        desk.send(1, "--retry", "failed")
    assert sorted(people(server)) == sorted(FIVE)
    assert set(desk.states().values()) == {"sent"}


def test_a_line_lost_after_the_final_dot_is_unknown_and_sent_again_only_when_asked(desk: Desk) -> None:
    lost = Fault("dot", DROP, "chen@mitglied.test", times=1)
    with smtp_server(faults=[lost]) as server:
        desk.mail_server(server)
        done = desk.send(5, expect=3)
        assert "1 unknown" in done.out and "--retry unknown" in done.out
        shown = desk.run("status").out
        assert "chen@mitglied.test" in shown and "anna@mitglied.test" not in shown
        desk.run("send", expect=3)
        assert len(server.received) == 5
        desk.send(1, "--retry", "unknown")
    assert desk.states() == dict.fromkeys(FIVE, "sent")
    first, second = (got for got in server.received if got.recipients == ("chen@mitglied.test",))
    assert (first.accepted, second.accepted) == (False, True)
    assert first.content == second.content


def test_a_line_lost_before_the_final_dot_is_no_doubt_and_tried_again(desk: Desk) -> None:
    desk.pace(retry_after_seconds=0)
    with smtp_server(faults=[Fault("rcpt", DROP, "chen@mitglied.test", times=1)]) as server:
        desk.mail_server(server)
        desk.send(5)
    assert sorted(people(server)) == sorted(FIVE)
    assert server.sessions == 2


def test_a_server_that_refuses_everyone_leaves_nobody_out_of_the_report(desk: Desk) -> None:
    with smtp_server(faults=[refuse(reply="554 5.7.1 rejected as spam", step="dot")]) as server:
        desk.mail_server(server)
        done = desk.send(5, expect=3)
    assert "5 failed" in done.out and not server.accepted
    assert {row["reply"] for row in desk.status()} == {"554 5.7.1 rejected as spam"}


JUERGEN = "jürgen@mitglied.test"


def test_an_address_beyond_ascii_gets_mail_where_the_server_takes_it(desk: Desk) -> None:
    desk.members([*MEMBERS, (JUERGEN, "Jürgen", "Ufer", "Köln", "", "de")])
    shown = desk.run("send", "--dry-run")
    assert "L113" in shown.err and JUERGEN in shown.err
    with smtp_server(announce=("SMTPUTF8", "PIPELINING")) as server:
        desk.mail_server(server)
        desk.run("send", "--test", JUERGEN)
        desk.send(6)
        assert "SMTPUTF8" in desk.run("doctor").out
    assert set(people(server)) == {*FIVE, JUERGEN}
    for got in server.accepted:
        assert ("SMTPUTF8" in got.options) == (got.recipients == (JUERGEN,))
        assert got.content.isascii() == (got.recipients != (JUERGEN,))
    mail = next(got for got in server.accepted[1:] if got.recipients == (JUERGEN,))
    assert f"To: =?utf-8?q?J=C3=BCrgen_Ufer?= <{JUERGEN}>".encode() in mail.content
    assert desk.states()[JUERGEN] == "sent"
    desk.run("suppress", "--erase", JUERGEN)
    assert JUERGEN not in desk.states()


@pytest.mark.parametrize("announce", [(), ("PIPELINING",)])
def test_where_the_server_does_not_take_it_that_row_fails_before_any_mail_command(
    desk: Desk, announce: tuple[str, ...]
) -> None:
    desk.members([(JUERGEN, "Jürgen", "Ufer", "Köln", "", "de"), *MEMBERS])
    with smtp_server(announce=announce) as server:
        desk.mail_server(server)
        assert "no SMTPUTF8" in desk.run("doctor").out
        assert "SMTPUTF8" in the_error(desk.run("send", "--test", JUERGEN, expect=1))
        done = desk.send(6, expect=3)
        assert f"{JUERGEN} (Jürgen Ufer): not tried: the mail server offers no SMTPUTF8" in done.out
        assert sum(command.startswith("MAIL") for command in server.commands) == 5
    assert set(people(server)) == FIVE
    assert desk.states()[JUERGEN] == "failed"
    with smtp_server(announce=(*announce, "SMTPUTF8")) as server:
        desk.mail_server(server)
        desk.send(1, "--retry", "failed")
    assert people(server) == [JUERGEN]
    desk.mail_server(None)
    desk.send(6)
    assert any(JUERGEN in mail.to for mail in desk.outbox())
