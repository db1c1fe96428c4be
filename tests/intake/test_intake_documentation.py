"""docs/import.md: every code stands in it, its example is run, and its figures of today are measured."""

import re
from pathlib import Path

from bench.proof import all_scores, total
from isa_mail.content.write import write_section
from isa_mail.content.write_edition import write_edition_file
from isa_mail.intake.edition import import_text
from isa_mail.intake.guesses import CODES
from isa_mail.typography.rules import RULES

PAGE = (Path(__file__).parents[2] / "docs/import.md").read_text(encoding="utf-8")


def test_every_rule_and_every_guess_is_documented() -> None:
    assert re.findall(r"^\| ([IT]\d{3}) \|", PAGE, re.MULTILINE) == [*CODES, *RULES]


def test_the_example_becomes_what_the_page_says() -> None:
    paste, *files = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    found = import_text(paste, file="paste.txt", language=None)
    assert found.date is not None
    head = write_edition_file(
        title=found.title,
        number=found.number,
        day=found.date,
        language=found.language,
        greeting=found.greeting,
    )
    written = [head, *(write_section(each.section) for each in found.sections)]
    assert [text.replace("\u00a0", " ") for text in written] == files
    assert "20-neue-steg.txt" in PAGE and found.sections[1].section.name == "20-neue-steg"


def test_the_figures_of_today_are_measured() -> None:
    found = list(all_scores())
    for name, number in (("edits", 0), ("guesses", 1)):
        score = total([each[number] for each in found])
        figures = f"{len(score.right)} | {len(score.wrong)} | {len(score.missed)}"
        assert f"| {name}, today | {figures} | {score.precision:.2f} | {score.recall:.2f} |" in PAGE
