"""Which typed line became which block of the letter."""

from isa_mail.preview.blocks import locate
from isa_mail.preview.draft import Source

EDITION = Source(
    "edition.txt",
    "Title: Uferpost im Herbst\nSubject: Neues vom Ufer\nGreeting: Guten Tag {{ name | alle }},",
    False,
)
BOAT = Source(
    "10-boot.txt",
    "Titel: Ein Boot\nArt: article\n\n![Das Boot am Steg](images/boot am steg.jpg)\nFoto: Geschäftsstelle\n\n"
    "Das *Boot* liegt im [Hafen](https://hafen.example.org/boot).\n\n- Leinen\n- Segel\n",
    True,
)
STALL = Source(
    "20-stand.txt",
    "Titel: Ein Stand\n\n![](images/stand.jpg)\nFoto: Geschäftsstelle\n\nAm Stand war viel los.",
    True,
)
HTML = """<!DOCTYPE html><html><head><title>Uferpost im Herbst</title><style>p { color: red }</style></head><body>
<div>Boot und Stand</div><!--[if mso]><p>Ein Boot</p><![endif]-->
<h1>Uferpost im Herbst</h1><p>Guten Tag alle,</p>
<ul><li><a href="#a">Ein Boot</a></li><li><a href="#b">Ein Stand</a></li></ul>
<h2>Ein Boot</h2><p><img src="cid:1" alt="Das Boot am Steg"></p><p>Foto: Geschäftsstelle</p>
<p>Das <em>Boot</em> liegt im <a href="https://hafen.example.org/boot">Hafen</a>.</p><ul><li>Leinen</li><li>Segel</li></ul>
<h2>Ein Stand</h2><p><img src="cid:2" alt=""></p><p>Foto: Geschäftsstelle</p><p>Am Stand war viel los.</p>
</body></html>"""
# By number: 1 div, 2 h1, 3 p, 4 and 5 li; 6 h2, 7 p, 8 img, 9 and 10 p, 11 and 12 li; 13 h2, 14 p, 15 img, 16 and 17 p


def test_each_line_is_found_where_it_is_read() -> None:
    found = locate((EDITION, BOAT, STALL), HTML)
    lines = {line: block for (file, line), block in found.items() if file == BOAT.file}
    assert {line: lines[line] for line in (1, 4, 5, 7, 9, 10)} == {1: 6, 4: 8, 5: 9, 7: 10, 9: 11, 10: 12}


def test_words_that_occur_twice_are_found_in_their_own_section() -> None:
    found = locate((EDITION, BOAT, STALL), HTML)
    assert (found[BOAT.file, 5], found[STALL.file, 4]) == (9, 16)
    assert (found[BOAT.file, 1], found[STALL.file, 1]) == (6, 13)


def test_lines_that_nobody_sees_go_with_the_nearest_one_above() -> None:
    found = locate((EDITION, BOAT, STALL), HTML)
    assert found[BOAT.file, 2] == found[BOAT.file, 3] == 6  # the kind, and the empty line
    assert found[STALL.file, 3] == 13  # a picture without a description


def test_in_edition_txt_each_line_stands_for_itself() -> None:
    found = locate((EDITION, BOAT, STALL), HTML)
    assert (found["edition.txt", 1], found["edition.txt", 3]) == (2, 3)
    assert ("edition.txt", 2) not in found  # the subject is not in the letter


def test_chinese_is_found_by_its_characters() -> None:
    text = Source("10.txt", "标题：一条船\n\n九家德国企业参加展会。\n\n展会很成功。", True)
    html = "<html><body><h2>一条船</h2><p>九家德国企业参加展会。</p><p>展会很成功。</p></body></html>"
    assert {line: block for (_, line), block in locate((text,), html).items()} == {
        1: 1,
        2: 1,
        3: 2,
        4: 2,
        5: 3,
    }


def test_a_file_of_which_nothing_is_seen_is_not_there() -> None:
    assert locate((Source("x.txt", "Titel: Ganz anders", True),), HTML) == {}
