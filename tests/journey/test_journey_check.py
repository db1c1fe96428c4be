"""`isa-mail check`: what it tells, mends and remembers, and that `send` holds to it."""

import json
import re
import shutil

from workplace import EDITION, FIVE, MEMBERS, ROOT, Desk, the_error

PLACEHOLDER = "\nMehr steht auf der [Seite des Bootes](https://example.org).\n"


def with_fault(desk: Desk) -> None:
    """Write a link that somebody meant to fill in."""
    desk.section.write_text(desk.section.read_text(encoding="utf-8") + PLACEHOLDER, encoding="utf-8")


def test_check_tells_a_line_a_kind_and_its_exit_status_says_whether_something_blocks(desk: Desk) -> None:
    ending = f"{EDITION}: 2 warnings, 2 hints.\nisa-mail check --all tells each place and what to do.\n"
    assert desk.run("check").out.endswith(ending)
    with_fault(desk)
    done = desk.run("check", expect=1)
    line = r"^blocks +H102 +The link „Seite des Bootes“ goes to a placeholder: https://example\.org +10-boot\.txt:7 *$"
    assert re.search(line, done.out, re.MULTILINE)
    assert f"{EDITION}: 1 blocks sending, 2 warnings, 2 hints." in done.out


def test_all_tells_each_place_with_what_to_do_and_json_the_same_to_programs(desk: Desk) -> None:
    with_fault(desk)
    told = desk.run("check", "--all", expect=1).out
    place = "10-boot.txt:7  The link „Seite des Bootes“ goes to a placeholder: https://example.org"
    assert f"blocks  H102  A link goes to a placeholder.\n  {place}\n" in told
    assert "  → Write the address that is meant, or take the link away.\n" in told
    data = json.loads(desk.run("check", "--json", expect=1).out)
    assert data["edition"] == EDITION
    assert data["accepted"] == []
    first = data["findings"][0]
    assert (first["code"], first["severity"], first["line"]) == ("H102", "blocks", 7)
    assert first["file"] == f"editions/{EDITION}/10-boot.txt"
    assert first["fixable"] is False


def test_send_refuses_what_blocks_by_name_lets_a_test_go_and_sends_what_was_accepted(desk: Desk) -> None:
    with_fault(desk)
    built = desk.run("build")
    assert "It cannot be sent like this." in built.out
    assert "H102" in built.err
    error = the_error(desk.send(5, expect=1))
    assert f"editions/{EDITION}/10-boot.txt:7: The link „Seite des Bootes“ goes to a placeholder" in error
    assert "--accept" not in error  # nobody means a placeholder
    assert "H102" in the_error(desk.run("send", "--dry-run", expect=1))
    assert "1 finding keeps it from being sent.\nNext: isa-mail check" in desk.run().out
    assert not desk.outbox()
    desk.run("send", "--test")
    assert len(desk.outbox()) == 1
    assert "place by place only" in the_error(desk.run("check", "--accept", "H102", expect=1))
    desk.run("check", "--accept", "H102:10-boot.txt:7")
    assert f"{EDITION}: 2 warnings, 2 hints; 1 accepted." in desk.run("check").out
    desk.send(5)
    assert len(desk.outbox()) == 1 + len(FIVE)


def test_what_may_be_meant_is_offered_to_be_accepted_beside_what_never_is(desk: Desk) -> None:
    with_fault(desk)
    desk.replace(desk.section, PLACEHOLDER, f"{PLACEHOLDER}\n[Der Plan](http://plan.local/) hängt aus.\n")
    desk.run("build")
    assert f"check {EDITION} --accept H101:" in " ".join(the_error(desk.send(5, expect=1)).split())


def test_the_sample_edition_goes_to_the_example_list_and_to_no_list_of_ones_own(desk: Desk) -> None:
    for name in ("2026-09", "2026-10"):
        shutil.copytree(ROOT / "editions/2026-09", desk.folder / "editions" / name, dirs_exist_ok=True)
        (desk.folder / "editions" / name / "edition.txt").unlink(missing_ok=True)
    desk.section.unlink()
    shutil.copy(ROOT / "recipients/example.csv", desk.folder / "recipients")
    desk.replace(desk.settings_file, "members.csv", "example.csv")
    desk.run("build")
    desk.run("send", "--dry-run")
    assert "(S102)" in the_error(desk.run("send", "--dry-run", "--to", "members", expect=1))
    desk.replace(desk.settings_file, "example.csv", "members.csv")  # no new build is asked for
    error = the_error(desk.send(5, expect=1))
    assert f"editions/{EDITION}: The edition is still the sample" in error
    assert "--accept" not in error
    assert not desk.outbox()
    desk.run("send", "--dry-run", "--to", "example.csv")


def test_each_setting_of_the_sample_is_a_line_of_its_own(desk: Desk) -> None:
    sample = (ROOT / "isa-mail.toml").read_text(encoding="utf-8")
    desk.settings_file.write_text(sample.replace("images/logo.png", ""), encoding="utf-8")
    told = desk.run("check", expect=1).out
    for name in ("sender", "imprint", "list_id", "test_to", "sender of [zh]"):
        assert f"{name} is still that of the sample." in told


def test_an_edition_that_was_only_begun_is_not_sent(desk: Desk) -> None:
    desk.run("new", "2026-12")
    assert "‹Überschrift› is left over" in desk.run("check", "--all", expect=1).out
    desk.run("build")
    assert "(T710)" in the_error(desk.run("send", "--confirm", "5", expect=1))


def test_fix_mends_what_is_safe_shows_it_and_leaves_every_other_byte(desk: Desk) -> None:
    before = 'Title: Ein Boot für alle\r\n\r\nDas  Boot heißt "Elfriede".\r\nEs ist ein Ruder-boot.\r\n'
    desk.section.write_bytes(before.encode("cp1252"))
    shown = desk.run("check", "--diff")
    assert desk.section.read_bytes() == before.encode("cp1252")
    assert "3 changes in 1 file; nothing is written yet." in shown.out
    fixed = desk.run("check", "--fix")
    assert "Das⍽" not in fixed.out
    assert re.search(r'^ +3  T501  .*heißt "Elfriede.* → .*heißt „Elfriede', fixed.out, re.MULTILINE)
    after = "Title: Ein Boot für alle\r\n\r\nDas Boot heißt „Elfriede“.\r\nEs ist ein Ruder-boot.\r\n"
    assert desk.section.read_bytes() == after.encode("cp1252")
    assert "nothing that is safe to mend" in desk.run("check", "--fix").out


def test_accepting_is_remembered_wherever_the_line_goes_until_the_text_is_another(desk: Desk) -> None:
    desk.replace(desk.section, "Das Boot liegt", "Das Boot, ein Segel-boot, liegt  da. Es liegt")
    told = desk.run("check", "--accept", "T202:10-boot.txt", "--accept", "p104")
    assert "T202" not in told.out
    desk.replace(desk.section, "Das Boot, ein", "Ein neuer Absatz.\n\nDas Boot, ein")
    assert "T202" not in desk.run("check").out
    assert "  da." in desk.section.read_text(encoding="utf-8")
    desk.run("check", "--fix")
    assert "  da." in desk.section.read_text(encoding="utf-8")
    lines = (desk.folder / "accepted.txt").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == [f"T202 editions/{EDITION}/10-boot.txt: {lines[1].partition(': ')[2]}", "P104"]
    desk.replace(desk.section, "liegt  da", "ruht  da")
    assert "T202" in desk.run("check").out


def test_check_says_what_cannot_be_accepted(desk: Desk) -> None:
    error = the_error(desk.run("check", "--accept", "Q104", expect=1))
    assert "no finding with the code 'Q104'" in error and "Did you mean" in error
    error = the_error(desk.run("check", "--accept", "H103:10-boot.txt:3", expect=1))
    assert "no finding H103 at 10-boot.txt:3" in error
    assert "give one of the two" in desk.run("check", "--fix", "--diff", expect=2).err
    assert "--json only tells" in desk.run("check", "--json", "--fix", expect=2).err


def test_an_edition_that_cannot_be_read_is_checked_all_the_same(desk: Desk) -> None:
    (desk.edition / "20-kaputt.txt").write_text("Titel: A\nTitel: B\n\nText.\n", encoding="utf-8")
    desk.members((("ohne", "", "", "", "", ""),))
    told = desk.run("check", "--all", expect=1).out
    assert re.search(r"M109 .*\n  20-kaputt\.txt:2  Titel stands here for the second time", told)
    assert "L114" in told


def test_people_whose_language_has_no_letter_are_greeted_in_the_letter_that_they_get(desk: Desk) -> None:
    desk.replace(desk.settings_file, 'languages = ["de"]', 'languages = ["de", "zh"]')
    desk.replace(desk.edition / "edition.txt", "Guten Tag {{ vorname | allerseits }},", "{{ greeting }}")
    desk.members([*MEMBERS, ("ohne", "", "", "", "", "")])
    told = desk.run("check", "--all").out
    assert "L114" in told and "M106" not in told, "and the lists are looked at to their end"


def test_the_plan_reminds_of_the_folder_that_has_to_be_uploaded(desk: Desk) -> None:
    desk.setting('web_address = "https://www.ufer.example.org/post/"')
    desk.run("build")
    shown = desk.run("send", "--dry-run").out
    assert f"build/{EDITION}/web/ has to lie at https://www.ufer.example.org/post/{EDITION}/ by now" in shown
