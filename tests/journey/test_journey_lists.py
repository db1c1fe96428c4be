"""The lists, from the office's files to exactly the right people: `isa-mail lists`, and the plan of a send."""

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
from servers import smtp_server
from workplace import FIVE, HEADER, MEMBERS, Desk, people, the_error

PRESS = ("E-Mail", "Anrede", "Vorname", "Nachname", "Ort")


def as_json(desk: Desk, *arguments: str) -> dict[str, Any]:
    found = json.loads(desk.run("lists", *arguments, "--json").out)
    assert isinstance(found, dict)
    return found


def press(desk: Desk, *rows: tuple[str, ...]) -> None:
    desk.members(rows, file="press.csv", header=PRESS, encoding="utf-8")


# --- what is shown ---


def test_lists_shows_how_each_file_was_read_and_who_would_get_a_mail(desk: Desk) -> None:
    press(
        desk,
        ("ANNA@mitglied.test", "Frau", "", "", "Kiel"),
        ("niemand", "", "", "", ""),
        ("gerd@gmial.com", *4 * ("",)),
    )
    done = desk.run("lists", "--to", "members.csv", "--to", "press.csv")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "recipients/members.csv 5 5 0 0" in lines
    assert "recipients/press.csv 3 1 1 1" in lines
    assert "recipients/members.csv (Windows-1252, separator ;, header in line 1)" in lines
    assert (
        "E-Mail = address, Vorname = first name, Nachname = last name, Sprache = language, Ort = {{ ort }}, "
        "Gruppe = {{ gruppe }}"
    ) in lines
    assert "recipients/press.csv:3 niemand: There is no @ in it." in lines
    merged = "recipients/press.csv:2 into recipients/members.csv:2, which gave anrede, salutation"
    assert f"anna@mitglied.test {merged}" in lines
    assert "6 recipients: de 6" in lines
    assert "L109" in done.err and "gmail.com" in done.err
    assert not (desk.folder / ".isa-mail").exists(), "nothing is written"


def test_a_comma_in_an_address_is_told_in_one_clean_sentence_wherever_it_is_told(desk: Desk) -> None:
    press(desk, ("x@example,org", "", "", "", ""))
    reason = "here is a comma after the @ where a dot should be."
    shown = " ".join(desk.run("lists", "--to", "press").out.split())
    assert f"recipients/press.csv:2 x@example,org: T{reason}" in shown
    desk.replace(desk.settings_file, "members.csv", "press.csv")
    (found,) = (each for each in as_check(desk) if each["code"] == "L114")
    assert found["message"] == f"The row with x@example,org cannot be used, and gets nothing: t{reason}"
    error = the_error(desk.run("suppress", "x@example,org", expect=1)).replace("\n", " ")
    assert f"'x@example,org' is not an address that mail can be sent to: t{reason} " in " ".join(
        error.split()
    )


def as_check(desk: Desk) -> list[dict[str, Any]]:
    found = json.loads(desk.run("check", "--json").out)["findings"]
    assert isinstance(found, list)
    return found


def test_json_says_the_same_as_data(desk: Desk) -> None:
    greet_by_name(desk)
    press(desk, ("ANNA@mitglied.test", "Frau", "", "", "Kiel"), ("niemand", "", "", "", ""))
    found = as_json(desk, "--to", "members.csv", "--to", "press.csv", "--greetings")
    members, second = found["lists"]
    assert (members["file"], members["encoding"], members["delimiter"]) == (
        "recipients/members.csv",
        "cp1252",
        ";",
    )
    assert members["columns"]["E-Mail"] == "address" and members["merge_fields"]["Ort"] == "ort"
    assert (second["rows"], second["usable"], second["duplicates"], second["refused"]) == (2, 0, 1, 1)
    assert (found["recipients"], found["languages"], found["suppressed"]) == (5, {"de": 5}, [])
    assert [(row["file"], row["line"], row["text"]) for row in found["refused"]] == [
        ("recipients/press.csv", 3, "niemand")
    ]
    assert found["merged"] == [
        {
            "address": "anna@mitglied.test",
            "row": "recipients/press.csv:2",
            "into": "recipients/members.csv:2",
            "gave": ["anrede", "salutation"],
        }
    ]
    assert {row["address"]: row["greeting"] for row in found["greetings"]}["anna@mitglied.test"] == (
        "Sehr geehrte Frau Möller,"
    )
    assert found["changes"] is None


def greet_by_name(desk: Desk, greeting: str = "{{ greeting | Liebe Mitglieder, }}") -> None:
    desk.replace(desk.edition / "edition.txt", "Guten Tag {{ vorname | allerseits }},", greeting)


CHINESE = (("min@mitglied.test", "女士", "敏", "张", "", "zh"), ("b@mitglied.test", "Herr", "", "", "", "de"))


def greeted_in_chinese(desk: Desk) -> None:
    desk.replace(desk.settings_file, 'languages = ["de"]', 'languages = ["de", "zh"]')
    desk.members(
        CHINESE,
        file="china.csv",
        header=("E-Mail", "Anrede", "Vorname", "Nachname", "Ort", "Sprache"),
        encoding="utf-8",
    )


def test_greetings_are_those_of_the_letter_that_each_person_gets(desk: Desk) -> None:
    greeted_in_chinese(desk)
    greet_by_name(desk)
    found = as_json(desk, "--to", "china", "--greetings")
    assert found["greetings"] == [
        {"address": "min@mitglied.test", "language": "de", "greeting": "Sehr geehrte Frau 张敏,"},
        {"address": "b@mitglied.test", "language": "de", "greeting": None},
    ]
    assert (found["languages"], found["without_letter"]) == ({"de": 2}, {"zh": 1})
    shown = desk.run("lists", "--to", "china").out
    assert "No letter in their language, so they get de: zh 1" in shown
    desk.replace(desk.edition / "edition.txt", "{{ greeting | Liebe Mitglieder, }}", "{{ greeting }}")
    (_, unknown) = as_json(desk, "--to", "china", "--greetings")["greetings"]
    assert unknown["greeting"] == "Sehr geehrte Damen und Herren,", "as in the mail"


def test_an_edition_that_greets_everybody_alike_says_so_in_one_sentence(desk: Desk) -> None:
    shown = desk.run("lists", "--greetings").out
    assert "This edition greets everybody alike" in shown and "anna@mitglied.test" not in shown
    assert "Greetings: everybody alike" in desk.run("lists").out
    assert as_json(desk, "--greetings")["greets_alike"] is True


def test_an_edition_that_cannot_be_read_keeps_nobody_from_reading_the_greetings(desk: Desk) -> None:
    greeted_in_chinese(desk)
    (desk.edition / "edition.txt").unlink()
    assert "尊敬的张敏女士：" in desk.run("lists", "--to", "china", "--greetings").out


def test_greetings_are_printed_for_proof_reading(desk: Desk) -> None:
    greet_by_name(desk)
    press(desk, ("a@mitglied.test", "Frau Dr.", "", "Müller", ""), ("b@mitglied.test", "Herr", "", "", ""))
    lines = [
        " ".join(line.split()) for line in desk.run("lists", "--to", "press", "--greetings").out.splitlines()
    ]
    assert "Sehr geehrte Frau Dr. Müller, a@mitglied.test" in lines
    assert "(as in the edition) b@mitglied.test" in lines


def test_many_names_are_shown_only_on_request(desk: Desk) -> None:
    press(
        desk, *((f"niemand{number}", "", "", "", "") for number in range(25)), ("a@mitglied.test", *4 * ("",))
    )
    short = desk.run("lists", "--to", "press").out
    assert "niemand9:" in short and "niemand10:" not in short and "15 more: isa-mail lists --names" in short
    assert "niemand24:" in desk.run("lists", "--to", "press", "--names").out


def test_a_column_chooses_whom_lists_shows(desk: Desk) -> None:
    assert as_json(desk, "--where", "Gruppe=beirat")["recipients"] == 2
    assert as_json(desk, "--where", "Gruppe=Vorstand", "--where", "Sprache=中文")["recipients"] == 1
    assert "'Grupe'" in the_error(desk.run("lists", "--where", "Grupe=Beirat", expect=1))
    desk.run("lists", "--where", "Beirat", expect=2)


def test_who_left_is_suppressed_on_every_list(desk: Desk) -> None:
    desk.run("suppress", "ANNA@mitglied.test")
    found = as_json(desk)
    assert (found["recipients"], found["suppressed"]) == (4, ["anna@mitglied.test"])
    assert "Suppressed: 1, last change" in desk.run("lists").out


def test_the_last_edition_sent_is_compared_and_names_come_on_request(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(5)
        assert set(people(server)) == FIVE
    shutil.copytree(desk.edition, desk.folder / "editions" / "2026-12")
    (desk.folder / "editions" / "2026-12" / "sent.txt").unlink()
    desk.members([*MEMBERS[1:], ("neu@mitglied.test", "Neu", "Hier", "Kiel", "", "de")])
    desk.run("suppress", "chen@mitglied.test")
    assert as_json(desk)["changes"] == {
        "edition": "2026-10",
        "new": ["neu@mitglied.test"],
        "gone": ["anna@mitglied.test"],
        "suppressed": ["chen@mitglied.test"],
    }
    assert "Against 2026-10: 1 new, 1 gone, 1 suppressed" in desk.run("lists").out
    named = desk.run("lists", "--names").out
    for line in ("new: neu@mitglied.test", "gone: anna@mitglied.test", "suppressed: chen@mitglied.test"):
        assert line in named
    desk.run("build", "2026-12")
    assert "Against 2026-10: 1 new, 1 gone, 1 suppressed" in desk.run("send", "2026-12", "--dry-run").out
    assert as_json(desk, "2026-10")["changes"] is None


def test_lists_that_cannot_be_read_are_told_in_a_sentence(desk: Desk) -> None:
    (desk.folder / "recipients" / "odd.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    assert "recipients/odd.xlsx" in the_error(desk.run("lists", "--to", "odd.xlsx", expect=1))
    assert "no list 'none'" in the_error(desk.run("lists", "--to", "none", expect=1))


# --- the send reads them alike ---


def test_a_sheet_is_sent_to_that_is_named_after_a_hash(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Mitglieder"
    for row in (HEADER, *MEMBERS):
        book.active.append(row)
    sheet = book.create_sheet("Presse")
    for line in (HEADER, ("presse@mitglied.test", "Pia", "Presse", "Kiel", "", "de")):
        sheet.append(line)
    book.save(desk.folder / "recipients" / "all.xlsx")
    assert "Mitglieder" in the_error(desk.run("send", "--to", "all.xlsx", "--dry-run", expect=1))
    desk.send(1, "--to", "all.xlsx#Presse")
    assert [mail.to for mail in desk.outbox()] == ["Pia Presse <presse@mitglied.test>"]


def test_what_one_list_lacks_another_gives_to_the_letter(desk: Desk) -> None:
    desk.members([("ida@mitglied.test", "Ida", "Ufer", "", "", "")])
    press(desk, ("IDA@mitglied.test", "Frau", "Ida Maria", "", "Husum"))
    desk.send(1, "--to", "members", "--to", "press")
    (mail,) = desk.outbox()
    assert mail.to == "Ida Ufer <ida@mitglied.test>"
    assert mail.subject == "Post für Ida aus Husum"


def test_whoever_has_no_letter_in_their_language_is_counted(desk: Desk) -> None:
    desk.members([*MEMBERS, ("fleur@mitglied.test", "Fleur", "", "Lyon", "", "Französisch")])
    told = "No letter in their language, so they get de: Französisch 1, zh 1"
    for command in (("lists",), ("send", "--dry-run")):
        assert told in desk.run(*command).out
    assert as_json(desk)["without_letter"] == {"zh": 1, "Französisch": 1}
    assert as_json(desk, "--where", "Gruppe=Beirat")["without_letter"] == {}


def test_the_copy_stands_on_no_list_and_is_neither_new_nor_gone(desk: Desk) -> None:
    desk.setting('copy_to = "archiv@ufer.example.org"')
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(6)
    shutil.copytree(desk.edition, desk.folder / "editions" / "2026-12")
    (desk.folder / "editions" / "2026-12" / "sent.txt").unlink()
    desk.run("build", "2026-12")
    for setting in ("archiv@ufer.example.org", "anderes@ufer.example.org"):
        desk.replace(desk.settings_file, "archiv@ufer.example.org", setting)
        for command in (("lists",), ("send", "2026-12", "--dry-run")):
            gone = 0 if setting.startswith("archiv") else 1  # then it is an address like any other
            assert f"Against 2026-10: 0 new, {gone} gone, 0 suppressed" in desk.run(*command).out


def test_a_test_mail_greets_as_the_letter_will(desk: Desk) -> None:
    line = "Greeting: {{ greeting | Liebe Mitglieder, }}"
    desk.replace(desk.edition / "edition.txt", "Greeting: Guten Tag {{ vorname | allerseits }},", line)
    desk.run("build")
    press(desk, ("a@mitglied.test", "Frau Dr.", "Erika", "Müller", "Kiel"))
    desk.replace(desk.settings_file, '["members.csv"]', '["members.csv", "press.csv"]')
    for address in ("A@mitglied.test", "stranger@mitglied.test"):
        desk.run("send", "--test", address)
    greeted = {mail.to.rpartition("<")[2].strip(">"): mail.text for mail in desk.outbox()}
    assert "Sehr geehrte Frau Dr. Müller," in greeted["a@mitglied.test"]
    assert "Liebe Mitglieder," in greeted["stranger@mitglied.test"]
    desk.replace(desk.edition / "edition.txt", line, "Greeting: {{ greeting }}")
    desk.run("build")
    desk.run("send", "--test", "other@mitglied.test")
    assert any("Sehr geehrte Damen und Herren," in mail.text for mail in desk.outbox())


def test_a_letter_that_asks_for_it_greets_by_name_and_else_as_the_edition_does(desk: Desk) -> None:
    line = "Greeting: {{ greeting | Liebe Mitglieder, Freundinnen und Freunde, }}"
    desk.replace(desk.edition / "edition.txt", "Greeting: Guten Tag {{ vorname | allerseits }},", line)
    desk.run("build")
    press(
        desk,
        ("a@mitglied.test", "Frau Dr.", "Erika", "Müller", "Kiel"),
        ("b@mitglied.test", "", "Bo", "Probe", "Kiel"),
        ("c@mitglied.test", "Herr", "", "", "Kiel"),
    )
    desk.send(3, "--to", "press")
    greeted = {mail.to.rpartition("<")[2].strip(">"): mail.text for mail in desk.outbox()}
    assert "Sehr geehrte Frau Dr. Müller," in greeted["a@mitglied.test"]
    assert "Guten Tag Bo Probe," in greeted["b@mitglied.test"]
    assert "Liebe Mitglieder, Freundinnen und Freunde," in greeted["c@mitglied.test"]


def test_without_a_greeting_of_its_own_the_letter_greets_people_unknown_formally(desk: Desk) -> None:
    desk.replace(
        desk.edition / "edition.txt",
        "Greeting: Guten Tag {{ vorname | allerseits }},",
        "Greeting: {{ greeting }}",
    )
    desk.run("build")
    press(desk, ("c@mitglied.test", "Herr", "", "", "Kiel"))
    desk.send(1, "--to", "press")
    assert "Sehr geehrte Damen und Herren," in desk.outbox()[0].text


def test_a_dry_run_and_lists_leave_nothing_behind(desk: Desk, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = desk.files()
    for arguments in (("lists",), ("lists", "--json"), ("send", "--dry-run")):
        desk.run(*arguments, TMPDIR=str(scratch), SQLITE_TMPDIR=str(scratch))
        assert desk.files() == before
        assert list(scratch.iterdir()) == []
