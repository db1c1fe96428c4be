"""The encodings that staff's programs write, and what no program should have written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.typography.encoding import Decoded, decode

TEXT = "Grüße aus 佛山 – „heute“\nzweite Zeile\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_with_and_without_byte_order_mark(codec: str) -> None:
    assert decode(TEXT.encode(codec)) == Decoded(TEXT, "utf-8")


@pytest.mark.parametrize(("mark", "codec"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_utf16_is_read_by_its_byte_order_mark(mark: bytes, codec: str) -> None:
    assert decode(mark + TEXT.encode(codec)) == Decoded(TEXT, "utf-16")


def test_what_is_no_utf8_is_windows_1252() -> None:
    assert decode("Grüße – „heute“ 5 €".encode("cp1252")) == Decoded("Grüße – „heute“ 5 €", "cp1252")


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_every_line_end_becomes_a_line_feed(end: str) -> None:
    assert decode(f"a{end}{end}b{end}".encode()).text == "a\n\nb\n"


def test_a_doubled_byte_order_mark_is_removed_like_one() -> None:
    assert decode(b"\xef\xbb\xbf" * 2 + b"Title: x").text == "Title: x"


@pytest.mark.parametrize("data", [b"\x81\x8d\xff", b"\xef\xbb\xbf\xff", b"\xff\xfe\x00\xd8"])
def test_bytes_of_no_encoding_are_an_error(data: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        decode(data)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\r\ufeff", codec="utf-8")))
def test_every_text_saved_as_utf8_comes_back(text: str) -> None:
    assert decode(text.encode()).text == text
