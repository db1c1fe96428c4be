"""Bare `isa-mail`: what it says of an edition, and that the next step is one that helps."""

import shutil

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
    assert "Edition Zwischenruf: Zwischenruf has not been built yet." in desk.run().out
