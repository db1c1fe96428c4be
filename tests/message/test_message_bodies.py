"""Any value in any hole: the decoded body is the text with the value, exactly."""

import html
import re
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mail_reading import (
    CITY,
    DATE,
    compiled,
    field,
    from_base64,
    from_quoted_printable,
    header,
    parts,
    raw,
    recipient,
    rendered,
    text_of,
)

from isa_mail.message.bodies import (
    Base64Hole,
    QuotedHole,
    encode_file,
    encode_text,
    fill_quoted,
    quoted_values,
)
from isa_mail.message.firewall import lines_are_safe
from isa_mail.message.merge import merge
from isa_mail.model.merging import Escape, Hole, Template

_FIELDS = [field("a", ""), field("b", ""), field("c", "")]
_GERMAN = st.text("abc .=\n\tä<&From", min_size=1, max_size=12) | st.sampled_from(
    [
        "x" * 74,
        "x" * 75,
        "x" * 76,
        "x" * 77,
        "ä" * 40,
        "\n",
        " \n",
        ".",
        "\n.",
        "From ",
        "a\nFrom b",
        "=" * 30,
        "wort " * 40,
    ]
)
_CHINESE = st.text("中德工业城市联盟。，\n", min_size=1, max_size=150)
_HOLES = st.builds(Hole, st.sampled_from(_FIELDS), st.sampled_from(Escape))
_VALUES = st.text(max_size=100) | st.sampled_from(
    [
        "",
        ".",
        "..",
        "From here",
        " ",
        "ä ",
        "x" * 73,
        "x" * 74,
        "x" * 75,
        "x" * 76,
        "李" * 30,
        "=41",
        "a\r\n.\r\nb",
        "--=_",
    ]
)


def _template(pieces: list[str | Hole]) -> Template:
    """Join strings that stand side by side, as the model wants it."""
    joined: list[str | Hole] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


GERMAN_TEXTS = st.lists(_GERMAN | _HOLES, max_size=10).map(_template)
CHINESE_TEXTS = st.lists(_CHINESE | _HOLES, max_size=8).map(
    lambda pieces: _template(["中德通讯" * 30, *pieces])
)


def _expected(text: Template, values: dict[str, str]) -> str:
    """What a reader must see; written without the code under test."""
    out = ""
    for piece in text:
        if isinstance(piece, str):
            out += piece
            continue
        value = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", values[piece.field.name])
        value = value if value.strip() else ""
        if piece.escape is Escape.HTML:
            value = html.escape(value)
        elif piece.escape is Escape.URL:
            value = quote(value, safe="")
        out += value
    return out


@given(GERMAN_TEXTS, st.lists(_VALUES, min_size=3, max_size=3))
@example(("Hallo ", Hole(_FIELDS[0], Escape.TEXT), "\n"), ["", "", ""])
@example(("Hallo ", Hole(_FIELDS[0], Escape.TEXT), "\nx"), ["Ann ", "", ""])
@example((Hole(_FIELDS[0], Escape.TEXT),), ["", "", ""])
@example((Hole(_FIELDS[0], Escape.TEXT), "\n", Hole(_FIELDS[1], Escape.TEXT)), [".", ".", ""])
@settings(max_examples=200, deadline=None)
def test_any_value_in_quoted_printable_decodes_to_exactly_the_text(text: Template, values: list[str]) -> None:
    by_name = dict(zip("abc", values, strict=True))
    edition = rendered(_template(["plain text " * 400, *text]), ("<p>x</p>",))
    data = raw(merge(compiled(edition), recipient(**by_name), date=DATE))
    part = parts(data)[0]
    assert header(part, "content-transfer-encoding") == "quoted-printable"
    assert text_of(part) == _expected(edition.text, by_name)
    assert lines_are_safe(data)


@given(CHINESE_TEXTS, st.lists(_VALUES, min_size=3, max_size=3))
@settings(max_examples=200, deadline=None)
def test_any_value_in_base64_decodes_to_exactly_the_text(text: Template, values: list[str]) -> None:
    by_name = dict(zip("abc", values, strict=True))
    data = raw(merge(compiled(rendered(("x",), text)), recipient(**by_name), date=DATE))
    part = parts(data)[1]
    assert header(part, "content-transfer-encoding") == "base64"
    assert text_of(part) == _expected(text, by_name)
    assert lines_are_safe(data)


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("after", [*range(60), 200, 201, 202])
def test_base64_is_exact_for_every_shift_of_the_text_around_two_holes(before: int, after: int) -> None:
    hole = Hole(field("a"), Escape.TEXT)
    text = ("中" * 60 + "x" * before, hole, "y" * after + "文" if after else "文", hole, "终" * 20)
    template = compiled(rendered(("x",), text))
    for size in range(4):
        data = raw(merge(template, recipient(a="v" * size or "-"), date=DATE))
        assert text_of(parts(data)[1]) == _expected(text, {"a": "v" * size or "-"})


@given(st.text(max_size=400), st.booleans())
@settings(max_examples=150, deadline=None)
def test_fixed_text_of_any_kind_decodes_to_itself(text: str, long: bool) -> None:
    wanted = text.replace("\r\n", "\n").replace("\r", "\n") * (4 if long else 1)
    body = encode_text((wanted,) if wanted else ())
    decode = from_quoted_printable if body.encoding == "quoted-printable" else from_base64
    data = b"".join(segment for segment in body.segments if isinstance(segment, bytes))
    assert decode(data.removesuffix(b"\r\n")).replace("\r\n", "\n") == wanted
    assert lines_are_safe(data)


def test_german_goes_out_in_quoted_printable_and_chinese_in_base64() -> None:
    assert (
        encode_text(
            ("Schöne Grüße aus dem Rheinland, wo die Vereine im Oktober zusammenkommen. " * 9,)
        ).encoding
        == "quoted-printable"
    )
    assert encode_text(("中德工业城市联盟通讯。" * 20,)).encoding == "base64"


def test_a_chinese_letter_is_at_most_one_and_a_half_times_its_utf_8() -> None:
    hole = Hole(CITY, Escape.HTML)
    text = ("中德工业城市联盟通讯。\n" * 200, hole, "中德工业城市联盟通讯。\n" * 200, hole, "完")
    data = raw(merge(compiled(rendered(text, text)), recipient(city="成都"), date=DATE))
    for part in parts(data):
        body = part.partition(b"\r\n\r\n")[2]
        assert len(body) <= 1.5 * len(text_of(part).encode())


def test_a_hole_in_quoted_printable_stands_between_two_soft_breaks() -> None:
    hole = Hole(CITY, Escape.TEXT)
    assert encode_text(("aus ", hole, " und mehr\n", hole, "\nEnde")).segments == (
        b"aus=20=\r\n",
        QuotedHole(hole, b"=\r\n"),
        b" und mehr\r\n",
        QuotedHole(hole, b"\r\n"),
        b"Ende\r\n",
    )


def test_an_empty_value_leaves_no_line_behind() -> None:
    assert fill_quoted(quoted_values(["", "x"]), b"=\r\n") == [b"", b"x=\r\n"]
    assert fill_quoted(quoted_values([""]), b"\r\n") == [b"\r\n"]  # the line end is the text's own


def test_a_value_never_moves_the_lines_around_it() -> None:
    hole = Hole(CITY, Escape.TEXT)
    template = compiled(rendered(("Wort " * 100, hole, " Wort" * 100), ("<p>",)))
    short, long = (
        merge(template, recipient(city=city), date=DATE).content for city in ("K", "Köln am Rhein" * 9)
    )
    different = [index for index, (one, other) in enumerate(zip(short, long, strict=True)) if one != other]
    assert len(different) == 1


def test_a_dot_never_begins_a_line() -> None:
    hole = Hole(CITY, Escape.TEXT)
    text = (".\n..\n", hole, ".x", hole, "\n." + "x" * 74 + ".y")
    data = raw(merge(compiled(rendered(text, ("." * 500,))), recipient(city=".."), date=DATE))
    assert not re.search(rb"(?:^|\n)\.", data)
    assert text_of(parts(data)[0]) == _expected(text, {"city": ".."})


def test_a_line_that_begins_with_from_is_not_left_to_mbox_files() -> None:
    data = raw(merge(compiled(rendered(("From here\nFrom there\n",), ("x",))), recipient(), date=DATE))
    assert not re.search(rb"\nFrom ", data)
    assert text_of(parts(data)[0]) == "From here\nFrom there\n"


def test_short_text_between_two_base64_holes_is_not_encoded_three_times() -> None:
    hole = Hole(CITY, Escape.TEXT)
    segments = encode_text(("中" * 30, hole, "，", hole, "文" * 30)).segments
    (chunk,) = [segment for segment in segments if isinstance(segment, Base64Hole)]
    assert chunk.pieces == (hole, "，".encode(), hole)
    assert chunk.run is not None


def test_a_file_is_base64_in_lines_of_76() -> None:
    data = bytes(range(256)) * 3
    encoded = encode_file(data)
    assert [len(line) for line in encoded.split(b"\r\n")[:-2]] == [76] * 13
    import base64

    assert base64.b64decode(encoded) == data
    assert encode_file(b"") == b"\r\n"
