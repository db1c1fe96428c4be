"""`isa-mail import FILE [EDITION]`: from what was pasted to an edition's section files."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from isa_mail.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from isa_mail.model.findings import Edit
    from isa_mail.model.newsletter import Section
    from isa_mail.model.pasted import Guess
    from isa_mail.pipeline.importing import Prepared, Written

_AROUND = 24  # characters shown on each side of an edit


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.argument("edition", required=False)
@click.option(
    "--language",
    type=click.Choice(["de", "en", "zh"]),
    help="The text's language, if it is not told right by itself.",
)
@click.option(
    "--diff", is_flag=True, help="Show every edit that cleaning makes, with its rule; write nothing."
)
@pass_invocation
def command(
    invocation: Invocation, file: BinaryIO, edition: str | None, language: str | None, diff: bool
) -> None:
    """Take a pasted text or a .docx apart into the section files of EDITION.

    FILE is a text (any encoding), a document of Word, or - for standard input. EDITION is named by year and month; by
    default the text's own title says it. The text is cleaned, no word is lost, every guess is listed with its line. A
    file that was changed since is never written over.
    """
    from isa_mail.pipeline import importing

    workspace, settings = invocation.workspace(), invocation.settings()
    data = file.read()
    name = "(standard input)" if file.name in ("-", "<stdin>") else str(file.name)
    prepared = importing.prepare(workspace, settings, data, file=name, edition=edition, language=language)
    if diff:
        _show_edits(prepared)
        return
    written = importing.write(workspace, settings, prepared)
    _show(prepared, written, workspace.root)


def _show(prepared: "Prepared", written: "Written", root: Path) -> None:
    from isa_mail.cli.terminal import console, count, plain, table

    out = console()
    files = [plain(f"{section.name}.txt") for section in prepared.sections]
    shown = table("File", "Kind", "Holds", first=files)
    directory = prepared.directory.relative_to(root).as_posix()
    state = {path.name: "unchanged" for path in written.unchanged}
    for file, section in zip(files, prepared.sections, strict=True):
        shown.add_row(file, section.kind.value, state.get(file) or _holds(section))
    imported = prepared.imported
    out.print(f"{plain(imported.title) or 'Without a title'} → {plain(directory)}/", style="bold")
    out.print(shown)
    for path in written.made_room:
        out.print(f"Untouched pattern removed: {plain(path.relative_to(root).as_posix())}", style="dim")
    _show_guesses(imported.guesses)
    if imported.edits:
        out.print(f"{count(len(imported.edits), 'place')} cleaned: {_sums(imported.edits)}")
        out.print("  To see each: the same command with --diff", style="dim")
    kept = prepared.words - prepared.left_out
    became = f", {prepared.left_out} became marks" if prepared.left_out else ""
    out.print(f"Words: {prepared.words:,} in the text; {kept:,} of them in the files{became}; none lost.")
    lines: dict[str, list[str]] = {}
    for left in imported.left_out:
        lines.setdefault(left.words, []).append(str(left.place.line))
    for words, numbers in lines.items():
        out.print(f"  {plain(words)}: line{'s' * (len(numbers) > 1)} {', '.join(numbers)}", style="dim")
    if not written.new:
        out.print(f"Nothing to write: {directory}/ holds this text already.")
    out.print(f"Next: fill in links and pictures, then: isa-mail preview {prepared.edition}")


def _holds(section: "Section") -> str:
    """Say what a section holds: "1 picture (missing), 2 quotations, 3 paragraphs"."""
    from isa_mail.cli.terminal import count
    from isa_mail.model.newsletter import (
        BulletList,
        CallToAction,
        EventList,
        Figure,
        Heading,
        Kind,
        OrderedList,
        Paragraph,
        Quotation,
        Turn,
        is_placeholder,
    )

    figures = [block for block in section.body if isinstance(block, Figure)]
    missing = sum(is_placeholder(figure.path) for figure in figures)
    calls = [block for block in section.body if isinstance(block, CallToAction)]
    empty = sum(not block.link.href for block in calls)
    names = {
        Quotation: "quotation",
        Turn: "turn",
        BulletList: "list",
        OrderedList: "numbered list",
        EventList: "list of events",
        Heading: "heading",
    }
    parts = [f"{count(len(figures), 'picture')}{_of(missing, len(figures), 'missing')}"] if figures else []
    for kind, noun in names.items():
        number = sum(isinstance(block, kind) for block in section.body)
        parts += [count(number, noun)] if number else []
    paragraphs = sum(isinstance(block, Paragraph) for block in section.body)
    statement = section.kind is Kind.VOICES
    parts += [count(paragraphs, "reported statement" if statement else "paragraph")] if paragraphs else []
    parts += [f"{count(len(calls), 'link')}{_of(empty, len(calls), 'without a target')}"] if calls else []
    parts += [count(len(section.signed), "signature")] if section.signed else []
    return ", ".join(parts) or "no text"


def _of(number: int, all_of_them: int, what: str) -> str:
    if not number:
        return ""
    return f" ({what})" if number == all_of_them else f" ({number} {what})"


def _show_guesses(guesses: "Iterable[Guess]") -> None:
    """Print guesses by their code: what it is and what to do once, then each place."""
    from isa_mail.cli.terminal import console, plain
    from isa_mail.intake.guesses import CODES, HINTS

    out = console()
    by_code: dict[str, list[Guess]] = {}
    for guess in guesses:
        by_code.setdefault(guess.code, []).append(guess)
    if by_code:
        out.print("Please look at these guesses:", style="bold")
    for code, found in sorted(by_code.items()):
        out.print(f"  {CODES[code]} ", end="")
        out.print(code, style="dim")
        for guess in found:
            where = f"line {guess.place.line}" if guess.place.line else ""
            out.print(f"    {where:<9} {plain(guess.about, 400)}")
        out.print(f"    → {HINTS[code]}", style="dim")


def _sums(edits: "Iterable[Edit]") -> str:
    from collections import Counter

    from isa_mail.cli.terminal import count

    families = {
        "T1": "character",
        "T2": "blank",
        "T3": "hyphen",
        "T4": "dash",
        "T5": "quotation mark",
        "T6": "Chinese mark",
    }
    sums = Counter(edit.rule[:2] for edit in edits)
    counted = (count(sums[family], name) for family, name in families.items() if sums[family])
    return ", ".join(each.replace("dashs", "dashes") for each in counted)


def _show_edits(prepared: "Prepared") -> None:
    from isa_mail.cli.terminal import console, count
    from isa_mail.typography.rules import RULES

    out = console()
    for edit in prepared.imported.edits:
        line = prepared.imported.source.get(edit.place.line or 0, "")
        before, after = line[max(0, edit.start - _AROUND) : edit.start], line[edit.end : edit.end + _AROUND]
        out.print(f"{edit.place.line or '':>5}  {edit.rule}  ", style="dim", end="")
        out.print(_visible(before), end="")
        out.print(f"[{_visible(edit.before)}", style="red", end="")
        out.print("→", style="dim", end="")
        out.print(f"{_visible(edit.after)}]", style="green", end="")
        out.print(_visible(after), end="")
        out.print("" if edit.safe else "   (a guess)", style="yellow")
    for rule in sorted({edit.rule for edit in prepared.imported.edits}):
        out.print(f"{rule}: {RULES[rule]}", style="dim")
    out.print(f"{count(len(prepared.imported.edits), 'edit')}; nothing was written.")


def _visible(text: str) -> str:
    from isa_mail.cli.terminal import plain

    return plain(text.replace("\u00a0", "⍽").replace("\t", "→"))
