"""Bare `isa-mail`: what it says of an edition, and that the next step is one that helps."""

import os
import re
import shutil
from pathlib import Path

from servers import smtp_server
from workplace import Desk


def test_what_lies_in_the_outbox_is_never_called_sent(desk: Desk) -> None:
    desk.send(2, "--limit", "2")
    done = desk.run()
    assert "partly written to the outbox: 3 pending, 2 written; nothing was sent" in done.out
    assert done.last_line == "Next: isa-mail send 2026-10"
    desk.send(3)
    assert "SMTP_HOST" in desk.run().last_line
    with smtp_server() as server:
        desk.mail_server(server)
        assert desk.run().last_line == "Next: isa-mail send 2026-10 --test"


def test_an_edition_that_everybody_has_need_not_be_built_again(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(5)
    desk.replace(desk.settings_file, "Hafengasse 1", "Hafengasse 2")
    done = desk.run()
    assert "sent: 5 sent" in done.out
    assert done.last_line == "Next: isa-mail status 2026-10"
    shutil.rmtree(desk.folder / "build")
    assert desk.run().out == done.out


def test_an_edition_that_is_partly_sent_is_built_again_when_it_was_changed(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(2, "--limit", "2")
    desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
    done = desk.run()
    assert "10-boot.txt has changed" in done.out
    assert "isa-mail build 2026-10" in done.last_line


def test_an_edition_is_called_by_its_own_name(desk: Desk) -> None:
    desk.edition.rename(desk.edition.with_name("Zwischenruf"))
    assert "Edition Zwischenruf has not been built yet." in desk.run().out


def test_what_keeps_an_edition_from_being_sent_is_counted_before_it_is_built(desk: Desk) -> None:
    desk.run("new", "2026-11")
    out = desk.run().out
    assert "Edition 2026-11 has not been built yet.\n" in out
    assert re.search(r"^\d+ findings keep it from being sent: isa-mail check 2026-11$", out, re.MULTILINE)
    desk.run("build")
    done = desk.run()
    assert re.search(r"^\d+ findings keep it from being sent\.$", done.out, re.MULTILINE)
    assert done.last_line == "Next: isa-mail check 2026-11"


def test_an_edition_that_is_worked_on_is_named_beside_the_newest(desk: Desk) -> None:
    shutil.rmtree(desk.folder / "build")
    shutil.copytree(desk.edition, desk.edition.with_name("2026-12"), copy_function=shutil.copy)
    age(desk.edition.with_name("2026-12"), 1_700_000_000)
    age(desk.edition, 1_600_000_000)
    assert "2026-10" not in desk.run().out
    age(desk.edition, 1_800_000_000)
    done = desk.run()
    assert (
        "Edition 2026-10 has not been built yet. "
        "Next: isa-mail preview 2026-10, then isa-mail build 2026-10\n"
        "Edition 2026-12 has not been built yet.\n"
    ) in done.out
    assert done.last_line == "Next: isa-mail preview 2026-12, then isa-mail build 2026-12"
    (desk.edition / "sent.txt").write_text("sent elsewhere")
    assert "2026-10" not in desk.run().out


def age(folder: Path, at: int) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (at, at))


def test_an_outbox_of_an_earlier_build_is_told_and_written_anew(desk: Desk) -> None:
    desk.send(5)
    desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
    desk.run("build")
    done = desk.run()
    assert "not sent. The outbox holds an earlier build." in done.out
    assert done.last_line == "Next: isa-mail send 2026-10"
    desk.send(5)
    assert "written to the outbox: 5 written; nothing was sent." in desk.run().out


def test_without_an_edition_both_ways_to_one_are_named(desk: Desk) -> None:
    shutil.rmtree(desk.edition)
    last = desk.run().last_line
    assert "isa-mail import FILE" in last and "isa-mail new 2026-11" in last
