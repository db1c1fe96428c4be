"""Who left stays away, whatever comes in from Excel; and who is erased is nowhere any more."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from servers import DROP, HANG, Fault, refuse, smtp_server
from workplace import EDITION, FIVE, HEADER, MEMBERS, Desk, clean_environment, people, the_error, wait_until

ANNA = "anna@mitglied.test"
LISTS = "recipients"


def written_files(desk: Desk) -> list[Path]:
    """Everything in the workspace that isa-mail wrote: all but settings, texts, pictures and lists."""
    own = (desk.settings_file, desk.folder / ".env")
    return [
        path
        for path in sorted(desk.folder.rglob("*"))
        if path.is_file()
        and path not in own
        and (path.suffix not in (".csv", ".xlsx") or path.parent.name != LISTS)
        and (path.name == "sent.txt" or "editions" not in path.parts)
    ]


def traces(desk: Desk, *words: str) -> list[str]:
    """Name the files that hold one of these words, whatever its case, as octets."""
    wanted = [word.lower().encode() for word in words]
    return [
        f"{path.relative_to(desk.folder)}: {word.decode()}"
        for path in written_files(desk)
        for word in wanted
        if word in path.read_bytes().lower()
    ]


def as_json(desk: Desk, *arguments: str, expect: int = 0) -> dict[str, Any]:
    found = json.loads(desk.run(*arguments, "--json", expect=expect).out)
    assert isinstance(found, dict)
    return found


def new_edition(desk: Desk, name: str) -> None:
    shutil.copytree(desk.edition, desk.folder / "editions" / name)
    (desk.folder / "editions" / name / "sent.txt").unlink(missing_ok=True)
    desk.run("build", name)


# --- erase ---


def test_unsubscribed_erased_and_imported_again_gets_no_mail_and_is_nowhere(desk: Desk) -> None:
    desk.send(5)  # to the outbox, which keeps her mail as a file
    with smtp_server(faults=[refuse("boerge@mitglied.test")]) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
        assert set(people(server)) == FIVE - {"boerge@mitglied.test"}
    assert traces(desk, ANNA, "Möller"), "or this test would prove nothing"
    desk.run("suppress", ANNA, "--reason", "unsubscribed", "--source", f"mail of {ANNA}")
    before = desk.states()
    done = desk.run("suppress", "--erase", "Anna@Mitglied.test")
    assert "2 rows of the journal, 1 mail in the outbox" in done.out
    assert "recipients/members.csv:2" in done.out
    assert traces(desk, ANNA, "Möller", "anna%40mitglied") == []
    assert sorted(desk.states().values()) == sorted(before.values()), "the counts stay right"
    assert desk.states()["(erased)"] == "sent"

    new_edition(desk, "2026-12")
    book = openpyxl.Workbook()
    for row in (HEADER, *MEMBERS):
        book.active.append(row)
    book.save(desk.folder / LISTS / "members.xlsx")
    (desk.folder / LISTS / "members.csv").unlink()
    desk.replace(desk.settings_file, "members.csv", "members.xlsx")
    with smtp_server() as server:
        desk.mail_server(server)
        plan = desk.run("send", "2026-12", "--dry-run").out
        assert "Suppressed: 1" in plan and "0 new, 0 gone, 0 suppressed" in plan
        desk.send(4, "2026-12")
        assert ANNA not in people(server) and len(people(server)) == 4
        desk.run("send", "2026-12", "--confirm", "0")
    assert traces(desk, ANNA, "Möller", "anna%40mitglied") == []
    listed = as_json(desk, "lists", "2026-12")
    assert listed["suppressed"] == [ANNA], "she is named as long as the list holds her"


def test_nothing_of_a_person_is_left_where_the_disk_held_it_once(desk: Desk) -> None:
    """A run that was killed leaves a write-ahead log and a flight log beside the journal."""
    desk.send(1, "--limit", "1")
    with smtp_server(faults=[Fault("dot", HANG, ANNA)]) as server:
        desk.mail_server(server)
        with desk.running("send", "--confirm", "5") as process:
            wait_until(
                lambda: any(ANNA.encode() in log.read_bytes() for log in logs(desk)), "the mail is out"
            )
            process.kill()
            process.wait()
    assert (desk.folder / ".isa-mail" / "journal.sqlite3-wal").stat().st_size, "the log of the killed run"
    desk.run("suppress", "--erase", ANNA)
    assert traces(desk, ANNA) == []
    assert logs(desk) == []
    assert desk.states()["(erased)"] == "unknown"
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(4, expect=3)  # nobody will ever know of her mail
        assert set(people(server)) == FIVE - {ANNA}


def logs(desk: Desk) -> list[Path]:
    return sorted((desk.folder / ".isa-mail").glob("*.flights"))


KILLED = """
import sys, time
from isa_mail.store import rewriting
from isa_mail.pipeline import erasure
moment = sys.argv.pop(1)

def stop(*arguments):
    print("ready", flush=True)
    time.sleep(60)

if moment == "in the journal":
    rewriting._overwrite = stop
else:
    erasure.overwrite = stop
from isa_mail.cli.__main__ import main
main()
"""


@pytest.mark.parametrize("moment", ["in the journal", "in the outbox"])
def test_an_erasure_that_was_killed_is_ended_by_the_same_command(desk: Desk, moment: str) -> None:
    desk.send(5)
    arguments = [sys.executable, "-c", KILLED, moment, "suppress", "--erase", ANNA]
    with subprocess.Popen(
        arguments, cwd=desk.folder, env=clean_environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        process.kill()
    assert as_json(desk, "lists")["suppressed"] == [ANNA], "no mail from the first moment on"
    desk.run("suppress", "--erase", ANNA)
    assert traces(desk, ANNA) == []
    assert sorted(desk.states()) == ["(erased)", *sorted(FIVE - {ANNA})]


def test_what_others_rows_say_of_the_address_is_taken_out_too(desk: Desk) -> None:
    header = (*HEADER, "Vertretung")
    desk.members([(*row, ANNA if row[0].startswith("emil") else "") for row in MEMBERS], header=header)
    desk.send(5)
    desk.run("suppress", "johanna@mitglied.test", "--source", f"{ANNA} and johanna@mitglied.test")
    done = desk.run("suppress", "--erase", ANNA).out
    assert "recipients/members.csv:2\n" in done and "recipients/members.csv:6\n" in done
    assert [line for line in traces(desk, ANNA) if "suppressed" not in line] == []
    assert "(erased) and johanna@mitglied.test" in desk.run("suppress", "--list").out
    (row,) = as_json(desk, "person", "emil@mitglied.test")["deliveries"]
    assert row["fields"]["vertretung"] == "(erased)"


def test_nobody_is_erased_while_a_send_is_running(desk: Desk) -> None:
    with smtp_server(faults=[Fault("data", HANG, times=1)]) as server:
        desk.mail_server(server)
        with desk.running("send", "--confirm", "5") as process:
            wait_until(lambda: bool(server.sessions), "the run has begun")
            error = the_error(desk.run("suppress", "--erase", ANNA, expect=4))
            process.kill()
            process.wait()
    assert f"A send of {EDITION} is running" in error


def test_who_was_erased_and_comes_back_gets_no_edition_twice(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(5)
        desk.run("suppress", "--erase", ANNA)
        desk.run("suppress", "--undo", "--consent", ANNA)
        assert "Already sent: 5" in desk.run("send", "--dry-run").out
        new_edition(desk, "2026-12")
        desk.send(5, "2026-12")
        assert people(server).count(ANNA) == 2
        desk.run("suppress", "--erase", ANNA)
    assert traces(desk, ANNA) == []


def test_a_build_that_names_somebody_is_made_again_and_texts_that_do_are_named(desk: Desk) -> None:
    desk.replace(desk.section, "Das Boot liegt", f"Fragen an {ANNA}. Das Boot liegt")
    desk.run("build")
    done = desk.run("suppress", "--erase", ANNA).out
    assert f"isa-mail build {EDITION}" in done and f"editions/{EDITION}/10-boot.txt:3" in done
    assert traces(desk, ANNA) == []


def test_who_was_erased_came_back_and_got_the_edition_is_no_mail_of_the_next_run(desk: Desk) -> None:
    desk.run("suppress", ANNA)
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(4)
        desk.run("suppress", "--erase", ANNA)
        desk.run("suppress", "--undo", "--consent", ANNA)
        desk.send(1)
        assert set(people(server)) == FIVE
        assert "There is nothing to send" in desk.run("send").out


def test_who_was_in_doubt_when_erased_is_so_still_after_coming_leaving_and_coming_again(desk: Desk) -> None:
    with smtp_server(faults=[Fault("dot", DROP, ANNA)]) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
    desk.run("suppress", "--erase", ANNA)
    desk.run("suppress", "--undo", "--consent", ANNA)
    desk.run("suppress", ANNA)
    with smtp_server() as server:
        desk.mail_server(server)
        assert "There is nothing to send" in desk.run("send", "--retry", "unknown").out
        desk.run("suppress", "--undo", ANNA)
        assert "There is nothing to send" in desk.run("send", expect=3).out
        assert server.received == []


def test_erasing_somebody_unknown_keeps_them_out_from_now_on(desk: Desk) -> None:
    desk.members(MEMBERS[1:])
    told = " ".join(desk.run("suppress", "--erase", ANNA).out.split())
    assert f"Nothing was found under {ANNA}" in told and "check the spelling" in told
    assert "gets nothing from now on" in told and f"isa-mail suppress --undo --consent {ANNA}" in told
    assert "is erased" not in told
    assert traces(desk, ANNA) == []
    desk.members(MEMBERS)
    assert as_json(desk, "lists")["recipients"] == 4
    assert "(erased)" in desk.run("suppress", "--list").out


# --- what is stored about one person ---


def test_all_that_is_stored_about_a_person_is_told(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Mitglieder"
    for row in (("E-Mail", "Name"), ("x@mitglied.test", "X")):
        book.active.append(row)
    sheet = book.create_sheet("Presse")
    for row in (("E-Mail", "Name"), (ANNA.upper(), "Anna M.")):
        sheet.append(row)
    book.save(desk.folder / LISTS / "all.xlsx")
    (desk.folder / LISTS / "2025").mkdir()
    desk.members([("a@mitglied.test; " + ANNA, *5 * ("",)), *MEMBERS[1:]], file="2025/old.csv")
    (desk.folder / LISTS / "~$members.xlsx").write_bytes(b"\x05Anna")
    desk.setting(f'copy_to = "{ANNA}"')
    desk.send(5)
    desk.run("suppress", ANNA, "--reason", "complained", "--source", "call of 2 October")
    found = as_json(desk, "person", "Anna@Mitglied.test")
    assert [(row["file"], row["line"]) for row in found["lists"]] == [
        ("recipients/2025/old.csv", 2),
        ("recipients/all.xlsx#Presse", 2),
        ("recipients/members.csv", 2),
    ]
    assert found["lists"][2]["cells"]["Nachname"] == "Möller"
    assert (found["suppressed"]["reason"], found["suppressed"]["source"]) == (
        "complained",
        "call of 2 October",
    )
    (row,) = found["deliveries"]
    assert (row["edition"], row["transport"], row["state"]) == (EDITION, "outbox", "written")
    assert row["fields"]["ort"] == "Grünhafen"
    assert len(found["outbox"]) == 1 and (desk.folder / found["outbox"][0]).exists()
    assert len(found["texts"]) == 1 and found["texts"][0].startswith("isa-mail.toml:")
    shown = desk.run("person", ANNA).out
    for words in (
        "recipients/all.xlsx#Presse:2",
        "Nachname = Möller",
        "complained",
        "Edition 2026-10 (outbox)",
    ):
        assert words in shown
    desk.run("suppress", "--erase", ANNA)
    again = as_json(desk, "person", ANNA)
    assert again["suppressed"]["erased"] and again["suppressed"]["source"] == ""
    assert [(one["state"], one["fields"], one["name"]) for one in again["deliveries"]] == [
        ("written", {}, "")
    ]
    assert again["outbox"] == []
    assert "only a keyed hash is kept" in desk.run("person", ANNA).out


def test_a_person_of_whom_nothing_is_stored(desk: Desk) -> None:
    assert desk.run("person", "Nobody@mitglied.test").out == "Nothing is stored about Nobody@mitglied.test.\n"
    assert "there is no @" in the_error(desk.run("person", "nobody", expect=1))


def test_a_list_that_cannot_be_looked_through_is_told(desk: Desk) -> None:
    (desk.folder / LISTS / "odd.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    assert "Not looked through: recipients/odd.xlsx" in desk.run("person", ANNA, expect=1).out
    assert "Not looked through: recipients/odd.xlsx" in desk.run("suppress", "--erase", ANNA, expect=1).out


# --- in and out ---


def test_an_export_can_be_imported_and_holds_no_formula(desk: Desk, tmp_path: Path) -> None:
    desk.run("suppress", "=cmd@mitglied.test", "--reason", "bounced", "--source", '=HYPERLINK("x")')
    desk.run("suppress", ANNA, "--reason", "unsubscribed", "--source", '\'+49 called, "bitte, keine Post"')
    desk.run("suppress", "--erase", "emil@mitglied.test")
    done = desk.run("suppress", "--export", str(tmp_path / "left.csv"))
    assert "2 addresses" in done.out and "1 more were erased" in done.out
    text = (tmp_path / "left.csv").read_text(encoding="utf-8")
    for row in csv.reader(text.splitlines()):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    before = desk.run("suppress", "--list").out
    desk.suppressed.unlink()
    done = desk.run("suppress", "--import", str(tmp_path / "left.csv"))
    assert "2 people will get nothing from now on.\n" in done.out
    after = desk.run("suppress", "--list").out
    assert after.splitlines() == [line for line in before.splitlines() if "(erased)" not in line]
    assert "written over" in the_error(desk.run("suppress", "--export", str(tmp_path / "left.csv"), expect=1))


def test_what_another_program_exported_is_imported(desk: Desk, tmp_path: Path) -> None:
    rows = (
        ("anna@mitglied.test", "abgemeldet", "1.9.2026", "Anruf"),
        ("Börge <BOERGE@mitglied.test>", "unzustellbar", "2026-09-02 08:30", ""),
        ("chen@mitglied.test", "退订", "2026年9月3日", ""),
        ("doerte@mitglied.test", "verzogen", "neulich", "Brief"),
        ("niemand", "", "", ""),
    )
    desk.members(
        rows, file="abgemeldet.csv", header=("E-Mail", "Grund", "Seit", "Quelle"), encoding="gb18030"
    )
    file = "recipients/abgemeldet.csv"
    done = desk.run("suppress", "--import", file, expect=1, TZ="Europe/Berlin")
    assert f"{file}:6  niemand" in done.out and "4 people will get nothing" in done.out
    shown = desk.run("suppress", "--list", TZ="Europe/Berlin").out
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "anna@mitglied.test 2026-09-01 00:00 unsubscribed Anruf" in lines
    assert f"boerge@mitglied.test 2026-09-02 08:30 bounced {file}:3" in lines
    assert f"chen@mitglied.test 2026-09-03 00:00 unsubscribed {file}:4" in lines
    assert any("doerte" in line and line.endswith("by hand verzogen; neulich; Brief") for line in lines)
    desk.members(MEMBERS[4:], file="more.csv")
    words = ("--reason", "unsubscribed", "--source", "the old list")
    desk.run("suppress", "--import", "recipients/more.csv", *words)
    lines = [" ".join(line.split()) for line in desk.run("suppress", "--list").out.splitlines()]
    assert any("emil" in line and line.endswith("unsubscribed the old list") for line in lines)
    again = desk.run("suppress", "--import", file, expect=1).out
    assert "0 people will get nothing from now on; 4 were suppressed already" in again


def test_the_list_of_those_who_get_it_is_not_imported_as_those_who_left(desk: Desk) -> None:
    error = the_error(desk.run("suppress", "--import", "recipients/members.csv", expect=1))
    assert "is a list that isa-mail send uses" in error
    assert desk.run("suppress", "--list").out == "Nobody is suppressed.\n"


@pytest.mark.parametrize("name", ["members.xlsx", "members.xlsx#Mitglieder"])
def test_a_sheet_of_those_who_get_it_is_not_imported_either_but_one_beside_it_is(
    desk: Desk, name: str
) -> None:
    book = openpyxl.Workbook()
    for sheet, rows in (("Mitglieder", MEMBERS), ("Abgemeldet", MEMBERS[:1])):
        page = book.create_sheet(sheet)
        for row in (HEADER, *rows):
            page.append(row)
    book.save(desk.folder / LISTS / "members.xlsx")
    desk.replace(desk.settings_file, "members.csv", "members.xlsx#Mitglieder")
    error = the_error(desk.run("suppress", "--import", f"recipients/{name}", expect=1))
    assert "is a list that isa-mail send uses" in error
    done = desk.run("suppress", "--import", "recipients/members.xlsx#Abgemeldet")
    assert "1 person will get nothing" in done.out


def test_a_suppression_by_mistake_is_undone_and_who_left_themselves_must_ask(desk: Desk) -> None:
    assert "is not suppressed" in the_error(desk.run("suppress", "--undo", ANNA, expect=1))
    desk.run("suppress", ANNA)
    desk.run("suppress", "emil@mitglied.test", "--reason", "unsubscribed")
    assert "ANNA@mitglied.test gets mail again" in desk.run("suppress", "--undo", "ANNA@mitglied.test").out
    error = the_error(desk.run("suppress", "--undo", "emil@mitglied.test", expect=1))
    assert "unsubscribed on" in error and "--consent" in error
    assert as_json(desk, "lists")["suppressed"] == ["emil@mitglied.test"]
    desk.run("suppress", "--undo", "--consent", "emil@mitglied.test")
    assert as_json(desk, "lists")["suppressed"] == []
    assert traces(desk, ANNA, "emil@") == []
    assert "is not suppressed" in the_error(desk.run("suppress", "--undo", ANNA, expect=1))


def test_who_was_erased_gets_mail_again_only_with_consent_and_a_slip_is_spoken_of(desk: Desk) -> None:
    desk.run("suppress", "--erase", ANNA)
    error = the_error(desk.run("suppress", "--undo", ANNA, expect=1))
    assert "was erased" in error and "--consent" in error and "slip while typing" in " ".join(error.split())
    assert as_json(desk, "lists")["suppressed"] == [ANNA]
    desk.run("suppress", "--undo", "--consent", ANNA)
    assert as_json(desk, "lists")["suppressed"] == []


@pytest.mark.parametrize("word", ["unsubscribe", "erase", "delete", "remove", "bounce"])
def test_other_words_for_leaving_lead_to_suppress(desk: Desk, word: str) -> None:
    assert "isa-mail suppress" in desk.run(word, ANNA, expect=2).err


@pytest.mark.parametrize("command", ["suppress", "person"])
def test_a_name_instead_of_an_address_is_told_how_to_find_the_address(desk: Desk, command: str) -> None:
    error = " ".join(the_error(desk.run(command, "Anke Größ", expect=1)).split())
    assert "not the person" in error and "isa-mail preview" in error


@pytest.mark.parametrize(
    "words",
    [
        ("--erase",),
        ("--undo",),
        ("--erase", "--undo", ANNA),
        ("--import", "x.csv", ANNA),
        ("--export", "x.csv", "--list"),
        ("--consent", ANNA),
        ("--reason", "unsubscribed", "--list"),
        ("--reason", "bored", ANNA),
    ],
)
def test_what_does_not_go_together_is_wrong_use_and_does_nothing(desk: Desk, words: tuple[str, ...]) -> None:
    desk.run("suppress", *words, expect=2)
    assert not desk.suppressed.exists()
