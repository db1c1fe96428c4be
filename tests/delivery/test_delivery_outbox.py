"""The outbox: a Maildir that holds each message once, whole, and for its owner's eyes."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.delivery.outbox import Outbox, _file_name, write_all
from isa_mail.errors import TransportError
from isa_mail.model.mail import Delivery, Envelope, Message, Outcome, State
from isa_mail.model.people import Entered, ListHeader
from isa_mail.model.publication import Fingerprint

LIST = ListHeader("recipients/list.csv", (("address", 0),), 1, None)
NOON = datetime(2019, 10, 7, 12, tzinfo=UTC)


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


# --- all rows, each claimed before it is written ----------------------------------------------------------


@dataclass
class Journal:
    """What would be on disk."""

    states: dict[str, State] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def claim(self, keys: Sequence[str], at: datetime, outcomes: Sequence[Delivery]) -> None:
        self.record(outcomes, at)
        self.states |= dict.fromkeys(keys, State.CLAIMED)
        self.log.append("claim " + " ".join(keys))

    def record(self, outcomes: Sequence[Delivery], at: datetime) -> None:
        self.states |= {outcome.recipient.key: outcome.state for outcome in outcomes}

    def deferred(self, since: datetime, until: datetime, limit: int) -> Sequence[Delivery]:
        return ()


def row(name: str) -> Delivery:
    entered = Entered(1, f"{name}@example.org", LIST, 2, f"{name}@example.org\x1f{name}", "de")
    return Delivery(entered, "de", State.PENDING, Fingerprint("f" * 64), NOON)


def write(folder: Path, journal: Journal, **changes: Any) -> Iterator[Delivery]:
    return write_all(
        [row("anna"), row("bob"), row("chen")],
        **{
            "outbox": Outbox(folder),
            "journal": journal,
            "merge": lambda rows: [message(f"<{row.recipient.key}>") for row in rows],
            "is_suppressed": lambda key: key.startswith("bob"),
            "now": lambda: NOON,
            "stopping": lambda: False,
        }
        | changes,
    )


def test_everybody_who_has_not_left_is_written_once_and_claimed_before(tmp_path: Path) -> None:
    journal = Journal()
    states = {delivery.recipient.name: delivery.state for delivery in write(tmp_path, journal)}
    assert states == {"anna": State.WRITTEN, "bob": State.SUPPRESSED, "chen": State.WRITTEN}
    assert journal.states == {f"{name}@example.org": state for name, state in states.items()}
    assert journal.log == ["claim anna@example.org", "claim chen@example.org"]
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_what_is_yielded_is_stored_already_and_a_stop_leaves_the_rest(tmp_path: Path) -> None:
    journal, seen = Journal(), list[Delivery]()
    for delivery in write(tmp_path, journal, stopping=lambda: bool(seen)):
        seen.append(delivery)
        assert journal.states[delivery.recipient.key] is delivery.state
    assert [delivery.recipient.name for delivery in seen] == ["anna", "bob", "chen"]
    unstarted = Journal()
    assert list(write(tmp_path, unstarted, stopping=lambda: True)) == [] and unstarted.states == {}


def test_a_full_disk_ends_the_run_and_leaves_the_row_in_hand_open(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("no folder")
    journal = Journal()
    with pytest.raises(TransportError):
        list(write(tmp_path / "outbox", journal))
    assert journal.states == {"anna@example.org": State.PENDING}
