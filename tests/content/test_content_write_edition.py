"""edition.txt as the import writes it: what is read back is what was known."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from isa_mail.content.edition import read_edition_file
from isa_mail.content.write_edition import write_edition_file

LINE = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")) | st.just(" "), min_size=1
).map(lambda text: " ".join(text.split()))


@given(LINE, LINE, LINE)
def test_what_was_written_is_read_back(title: str, number: str, greeting: str) -> None:
    if not title:
        return
    written = write_edition_file(
        title=title, number=number, day=date(2027, 5, 1), language="de", greeting=greeting
    )
    read = read_edition_file(
        written.encode(), file="edition.txt", name="x", folder=None, default_language="en"
    )
    assert (read.title, read.number, read.date, read.language) == (title, number, date(2027, 5, 1), "de")
    assert read.greeting == ((greeting,) if greeting else ())


def test_what_is_not_known_is_left_out() -> None:
    written = write_edition_file(title="Brief", number="", day="‹2026-11-30›", language="de", greeting="")
    assert written == "Title: Brief\nDate: ‹2026-11-30›\nLanguage: de\n"
