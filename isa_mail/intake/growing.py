"""A section while its lines are being read.

    Growing(3, "Der Steg").add(Paragraph(…)) … .section("20", file) -> Section("20-steg", ("Der Steg",), …)

Pure, and the one thing here that changes: what a line belongs to depends on the lines above it.
"""

from dataclasses import dataclass, field

from isa_mail.intake.kinds import kind_of, slug
from isa_mail.model.findings import Place
from isa_mail.model.newsletter import Block, EventList, Figure, Kind, Paragraph, Section, Signature, Turn


@dataclass(slots=True)
class Growing:
    """A section that is not finished yet."""

    line: int  # of the source, where it begins
    title: str = ""
    kind: Kind | None = None  # None: its blocks decide
    speakers: frozenset[str] = frozenset()  # of an interview; empty: it is none
    blocks: list[Block] = field(default_factory=list)
    signed: list[Signature] = field(default_factory=list)
    _turn: list[Block] | None = None  # what somebody says whose turn it is

    @property
    def just_begun(self) -> bool:
        """Whether nothing stands below its title yet."""
        return bool(self.title) and not self.blocks

    @property
    def in_turn(self) -> bool:
        return self._turn is not None

    @property
    def is_closed(self) -> bool:
        """Whether it is a letter that is signed: what follows is none of it."""
        return self.kind is Kind.EDITORIAL and bool(self.signed)

    def add(self, block: Block, *, ends_turn: bool = False) -> None:
        """Add a block to whoever speaks, or to the section."""
        if ends_turn or isinstance(block, Figure | EventList):
            self._turn = None
        if self._turn is None:
            self.blocks.append(block)
            return
        self._turn.append(block)
        last = self.blocks[-1]
        assert isinstance(last, Turn)
        self.blocks[-1] = Turn(last.speaker, tuple(self._turn))

    def begin_turn(self, speaker: str, words: Paragraph) -> None:
        """Let somebody speak; paragraphs that follow belong to them."""
        self._turn = [words]
        self.blocks.append(Turn((speaker,), (words,)))

    def finished(self, number: int, file: str) -> Section:
        """Make the section of it; `number` goes before its file's name."""
        blocks = tuple(self.blocks)
        kind = self.kind or kind_of(self.title, blocks)
        return Section(
            name=f"{number}-{slug(self.title, kind)}",
            title=(self.title,) if self.title else (),
            short_title=(),
            kind=kind,
            signed=tuple(self.signed),
            body=blocks,
            place=Place(file, self.line),
        )
