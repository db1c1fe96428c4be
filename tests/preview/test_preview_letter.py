"""A message taken apart: what a mail program would show of it."""

from invented_draft import HTML, PNG, mail

from isa_mail.preview.letter import take_apart, with_addresses

FILLER = "\u2007\u034f" * 75


def letter_with(body: str, subject: str = "Neues für Köthen") -> bytes:
    return mail(
        f"<html><head><title>no</title><style>p{{}}</style></head><body>{body}</body></html>", "T\n", subject
    )


def test_every_part_is_as_it_stands_in_the_mail() -> None:
    letter = take_apart(mail(HTML.format(text="Grüße\nan alle"), "Zeile 1\nZeile 2\n", "Grüße an Ümit"))
    assert letter.html.decode() == HTML.format(text="Grüße\nan alle").replace("\n", "\r\n")
    assert letter.text == "Zeile 1\nZeile 2\n"
    assert (letter.sender, letter.subject) == ("Uferpost", "Grüße an Ümit")
    assert [name for name, _ in letter.headers] == [
        "From", "To", "Subject", "Date", "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert {address: file.data for address, file in letter.pictures.items()} == {"cid:dot@example.org": PNG}


def test_an_inbox_shows_the_first_words_and_nothing_behind_the_filler() -> None:
    hidden = f'<div style="display:none">Ein Boot &amp; ein Ufer</div><div>{FILLER}</div>'
    assert take_apart(letter_with(f"{hidden}<h1>Titel</h1>")).snippet == "Ein Boot & ein Ufer"


def test_without_a_preheader_an_inbox_shows_whatever_comes_first() -> None:
    assert take_apart(letter_with("<h1>Titel</h1>\n<p>Text <b>fett</b>.</p>")).snippet == "Titel Text fett."
    assert len(take_apart(letter_with("<p>" + "Wort " * 100)).snippet) <= 140


def test_only_whole_addresses_in_quotation_marks_are_exchanged() -> None:
    html = b'<img src="cid:a@x"> cid:a@x <img src="cid:a@xy"><a href="https://x/p.png">cid:a@x</a>'
    changed = with_addresses(html, {"cid:a@x": "../1", "https://x/p.png": "../2"})
    assert changed == b'<img src="../1"> cid:a@x <img src="cid:a@xy"><a href="../2">cid:a@x</a>'
    assert with_addresses(html, {}) == html
