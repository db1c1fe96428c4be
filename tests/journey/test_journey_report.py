"""Who got it and who did not: the table, the report, CSV and JSON; and those whose address does not exist."""

import csv
import io
import json

from servers import DROP, Fault, refuse, smtp_server
from workplace import MEMBERS, Desk

ANNA, BOERGE, CHEN, DOERTE, EMIL = (row[0] for row in MEMBERS)
EVIL = "550 5.7.1 \x1b[31mspam\x1b[0m \x9b2J \u202ekcab"


def send_with_trouble(desk: Desk) -> str:
    """Send to five: two get it, and each of the others meets a trouble of its own."""
    faults = [
        refuse(EMIL, "550 5.1.1 no such user"),
        refuse(DOERTE, EVIL),
        Fault("dot", DROP, CHEN),
    ]
    with smtp_server(faults=faults) as server:
        desk.mail_server(server)
        return desk.send(5, expect=3).out


def test_the_plan_says_when_the_run_will_be_finished_and_counts_what_left_today(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.pace(messages_per_minute=3)
        assert "  About 2 minutes at 3 a minute: finished on 20" in desk.run("send", "--dry-run").out
        desk.pace(messages_per_day=4)
        desk.send(4, "--limit", "4")
        assert "  About 24 hours at 4 a day: finished on 20" in desk.run("send", "--dry-run").out


def test_a_send_ends_with_a_report_that_names_everyone_who_did_not_get_it_why_and_what_to_do(
    desk: Desk,
) -> None:
    shown = send_with_trouble(desk)
    report = shown[shown.index("Report on edition 2026-10, 20") :]
    assert "2 sent: the mail server has taken them." in report
    assert "2 failed: the mail server refused these for good." in report
    assert "  emil@mitglied.test (Emil Öz): 550 5.1.1 no such user" in report
    assert "1 unknown: handed over, but nobody saw the server's answer" in report
    assert "  chen@mitglied.test (Chen Yu): " in report
    assert "1 address does not exist" in report and "isa-mail suppress --bounced 2026-10" in report
    assert "isa-mail send 2026-10 --retry failed" in report
    assert "isa-mail send 2026-10 --retry unknown" in report
    assert ANNA not in report  # who got it needs no line
    assert desk.run("status", "--report").out.strip() in shown


def test_a_send_that_all_got_ends_with_one_sentence(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        assert desk.send(5).last_line == "2026-10: 5 sent."
    report = desk.run("status", "--report").out
    assert "5 sent: the mail server has taken them." in report and "What to do" not in report


def test_the_table_lists_who_is_not_through_and_everyone_on_request(desk: Desk) -> None:
    send_with_trouble(desk)
    shown = desk.run("status").out
    assert shown.startswith("2026-10: 2 sent, 2 failed, 1 unknown\n")
    assert "Emil Öz" in shown and "550 5.1.1 no such user" in shown
    assert ANNA not in shown
    everyone = desk.run("status", "--all").out
    assert all(row[0] in everyone for row in MEMBERS)
    assert "250 2.0.0 Ok: queued as 1" in everyone


def test_csv_and_json_hold_everyone_with_name_reply_and_time(desk: Desk) -> None:
    send_with_trouble(desk)
    table = list(csv.DictReader(io.StringIO(desk.run("status", "--csv").out)))
    objects = desk.status()
    assert [row["address"] for row in table] == [row[0] for row in MEMBERS]
    for row, entry in zip(table, objects, strict=True):
        assert row["state"] == entry["state"] and row["name"] == entry["name"] and row["at"] == entry["at"]
    assert objects[4]["name"] == "Emil Öz" and objects[4]["reply"] == "550 5.1.1 no such user"


def test_no_output_lets_a_server_play_with_the_terminal_and_json_loses_nothing(desk: Desk) -> None:
    shown = send_with_trouble(desk)
    for options in ((), ("--all",), ("--report",), ("--csv",), ("--json",)):
        shown += desk.run("status", *options).out
    assert not any(char in shown for char in "\x1b\x9b\u202e")
    assert r"\x1b[31mspam" in shown
    reply = next(row["reply"] for row in desk.status() if row["address"] == DOERTE)
    assert reply == EVIL


def test_a_cell_of_the_csv_is_never_a_formula(desk: Desk) -> None:
    signs = "=+-@＝＋－＠"
    rows = [(f"person{n}@mitglied.test", f"{sign}1", "", "Ort", "", "de") for n, sign in enumerate(signs)]
    desk.members(rows, encoding="utf-8-sig")
    desk.send(len(signs))
    names = [row["name"] for row in csv.DictReader(io.StringIO(desk.run("status", "--csv").out))]
    assert names == [f"'{sign}1" for sign in signs]


def test_whoever_does_not_exist_is_suppressed_on_request_with_the_servers_words(desk: Desk) -> None:
    send_with_trouble(desk)
    done = desk.run("suppress", "--bounced", "2026-10")
    assert done.out == f"{EMIL} will get nothing from now on.\n"
    entries = desk.run("suppress", "--list").out
    assert EMIL in entries and "bounced" in entries and "2026-10: 550 5.1.1 no such user" in entries
    assert DOERTE not in entries
    assert "suppress --bounced" not in desk.run("status").out  # said and done
    assert "is left to suppress" in desk.run("suppress", "--bounced").out
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(1, "--retry", "failed", expect=3)  # one stays unknown
    assert {row.recipients for row in server.received} == {(DOERTE,)}


def test_a_server_that_says_so_in_words_alone_is_understood(desk: Desk) -> None:
    with smtp_server(faults=[refuse(EMIL, "550 User unknown")]) as server:
        desk.mail_server(server)
        assert "1 address does not exist" in desk.send(5, expect=3).out


def test_two_formats_at_once_are_wrong_use(desk: Desk) -> None:
    assert "Choose one" in desk.run("status", "--csv", "--json", expect=2).err


def test_json_before_any_send_is_an_empty_array_and_csv_a_header_alone(desk: Desk) -> None:
    assert json.loads(desk.run("status", "--json").out) == []
    assert desk.run("status", "--csv").out.split() == ["address,name,state,reply,at"]
