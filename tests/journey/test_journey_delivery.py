"""Through a real mail server: everyone gets their own letter, once, whatever the server says in between."""

import html
import re
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


@pytest.mark.parametrize("announce", [["PIPELINING"], []], ids=["pipelining", "lockstep"])
def test_a_mail_that_the_server_does_not_take_for_its_size_is_one_sentence_and_fails_nobody(
    desk: Desk, announce: list[str]
) -> None:
    desk.pace(sessions=3)
    with smtp_server(announce=announce, size_limit=5000) as server:
        desk.mail_server(server)
        for arguments in (("send", "--confirm", "5"), ("send", "--test")):
            assert "takes mails of up to 5 KB, and this one has" in the_error(desk.run(*arguments, expect=1))
        assert set(desk.states().values()) == {"pending"}
        assert not any(command.startswith("MAIL") for command in server.commands)
        assert not desk.sent_file.exists()


def test_a_password_that_is_refused_after_the_first_login_is_tried_twice_at_the_most(desk: Desk) -> None:
    desk.members(crowd(60))
    desk.pace(sessions=8)
    faults = [Fault("auth", "535 5.7.8 no longer", skip=1), Fault("dot", delay=0.02)]
    with smtp_server(users={"uferpost": PASSWORD}, faults=faults) as server:
        desk.mail_server(server)
        assert "535 5.7.8 no longer" in the_error(desk.send(60, expect=1))
    assert server.commands.count("AUTH PLAIN") <= 3
    assert (
        {"pending"} <= set(desk.states().values()) <= {"sent", "pending"}
    )  # sent: what the first session was quicker with


def test_nothing_in_a_list_reaches_the_wire_as_anything_but_text(desk: Desk) -> None:
    breaks = ("\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x85", "\u2028", "\x1b[2J", "\u202e")
    evil = [f"Eve{sign}Bcc: spy@boese.test{sign}.{sign}QUIT" for sign in breaks]
    addresses = [
        "a@x.test,b@x.test",
        "a@x.test b@x.test",
        "<a@x.test>\r\nRCPT TO:<b@x.test>",
        "a@x.test\nb@x.test",
    ]
    rows = [(f"eve{n}@mitglied.test", name, name, name, "", "de") for n, name in enumerate(evil)]
    rows += [(address, "Eve", "", "Ort", "", "de") for address in addresses]
    rows.append(("long@mitglied.test", "ä" * 5000, "x" * 5000, "w" * 5000, "", "de"))
    desk.members(rows, encoding="utf-8")
    with smtp_server(announce=["PIPELINING"]) as server:
        desk.mail_server(server)
        plan = desk.run("send", "--dry-run").out
        mails = int(plan.partition("Mails in this run: ")[2].split()[0])
        assert mails <= len(evil) + 1
        desk.send(mails)
    assert len(server.accepted) == mails
    assert sum(command.startswith("RCPT") for command in server.commands) == mails
    for got in server.accepted:
        assert len(got.recipients) == 1 and got.recipients[0].endswith("@mitglied.test")
        lines = got.content.split(b"\r\n")
        assert all(re.fullmatch(rb"[ -~]{0,998}", line) for line in lines)
        head = got.content.partition(b"\r\n\r\n")[0].lower()
        assert len(re.findall(rb"^(?:to|cc|bcc):", head, re.MULTILINE)) == 1
        assert got.recipients[0].encode() in head


@pytest.mark.parametrize(("step", "counted"), [("dot", True), ("rcpt", False)])
def test_a_mail_that_was_put_off_counts_for_the_day_if_it_had_left(
    desk: Desk, step: str, counted: bool
) -> None:
    desk.pace(messages_per_day=5, retry_for_seconds=0)
    with smtp_server(faults=[Fault(step, "450 4.2.0 later", "anna@mitglied.test", times=1)]) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
        plan = desk.run("send", "--dry-run").out
        assert ("About 24 hours at 5 a day" in plan) == counted
        if not counted:
            desk.send(1)
            assert people(server)[-1] == "anna@mitglied.test"


JUERGEN = "jürgen@mitglied.test"


def test_an_address_beyond_ascii_gets_mail_where_the_server_takes_it(desk: Desk) -> None:
    desk.members([*MEMBERS, (JUERGEN, "Jürgen", "Ufer", "Köln", "", "de")])
    shown = desk.run("send", "--dry-run")
    assert "L115" in shown.err and JUERGEN in shown.err
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
