"""What is known of an edition -> the text of its edition.txt.

    title="Rundbrief Mai", day=date(2026, 5, 1), language="de" -> "Title: Rundbrief Mai\\nDate: 2026-05-01\\n…"

Pure. Keys in English, in the order of the documentation; what is empty is left out.
"""

from datetime import date

from isa_mail.content.write import plain_value


def write_edition_file(*, title: str, number: str, day: date | str, language: str, greeting: str) -> str:
    """Write edition.txt. `day` may be a text that keeps the date's place."""
    values = {
        "Title": title,
        "Number": number,
        "Date": day if isinstance(day, str) else day.isoformat(),
        "Language": language,
        "Greeting": greeting,
    }
    return "".join(f"{key}: {plain_value((value,))}\n" for key, value in values.items() if value)
