"""The outbox: a Maildir that holds each message once, whole, and for its owner's eyes."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.delivery.outbox import Outbox, _file_name
from isa_mail.errors import TransportError
from isa_mail.model import Envelope, Message, Outcome


def message(message_id: str = "<2019-10.3f2a@newsletter.example.org>", body: bytes = b"Hallo\r\n") -> Message:
    envelope = Envelope("news@example.org", "anna@example.org")
    return Message(envelope, message_id, (b"Subject: x\r\n\r\n", body))


def files(directory: Path) -> list[Path]:
    return sorted(path.relative_to(directory) for path in directory.rglob("*") if path.is_file())


def test_a_message_is_written_octet_by_octet_and_named_after_its_message_id(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox" / "2019-10")
    reply = outbox.hand_over(message())
    (written,) = files(tmp_path / "outbox" / "2019-10")
    assert reply.outcome is Outcome.ACCEPTED
    assert reply.text == f"written to {written.name}"
    assert written.parts[0] == "new"
    assert re.fullmatch(r"2019-10\.3f2a@newsletter\.example\.org-[0-9a-f]{12}\.eml", written.name)
    assert (tmp_path / "outbox" / "2019-10" / written).read_bytes() == b"Subject: x\r\n\r\nHallo\r\n"


def test_mail_programs_find_a_complete_maildir(tmp_path: Path) -> None:
    Outbox(tmp_path / "box").hand_over(message())
    assert {path.name for path in (tmp_path / "box").iterdir()} == {"tmp", "new", "cur"}


def test_the_same_message_written_again_replaces_itself(tmp_path: Path) -> None:
    Outbox(tmp_path).hand_over(message())
    Outbox(tmp_path).hand_over(message(body=b"Hallo noch einmal\r\n"))
    (written,) = files(tmp_path)
    assert b"noch einmal" in (tmp_path / written).read_bytes()


def test_message_ids_that_differ_by_case_only_are_two_files_everywhere(tmp_path: Path) -> None:
    for message_id in ("<a@example.org>", "<A@example.org>"):
        Outbox(tmp_path).hand_over(message(message_id))
    assert len({str(path).casefold() for path in files(tmp_path)}) == 2


def test_an_outbox_that_gets_nothing_leaves_no_trace(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    assert outbox.is_ready()
    outbox.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="modes are a POSIX thing")
def test_others_on_the_computer_cannot_read_who_gets_what(tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox").hand_over(message())
    (written,) = files(tmp_path / "outbox")
    assert (tmp_path / "outbox" / written).stat().st_mode & 0o077 == 0
    assert (tmp_path / "outbox").stat().st_mode & 0o077 == 0
    assert (tmp_path / "outbox" / "new").stat().st_mode & 0o077 == 0


def test_a_disk_that_says_no_is_an_error_with_a_hint_and_leaves_nothing_in_new(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file stands where the folder should be")
    with pytest.raises(TransportError) as caught:
        Outbox(tmp_path / "outbox").hand_over(message())
    assert str(tmp_path / "outbox") in caught.value.message
    assert caught.value.hint


@given(st.text(min_size=1, max_size=200))
@settings(deadline=None)
def test_every_message_id_makes_a_file_name_that_windows_takes(message_id: str) -> None:
    name = _file_name(message_id)
    assert re.fullmatch(r"[A-Za-z0-9@+=_.-]{1,100}\.eml", name)
    assert name.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}
