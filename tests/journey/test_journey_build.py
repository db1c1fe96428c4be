"""What `build` says and refuses: sizes, letters that are too long or too heavy, the web version, linked pictures."""

import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from servers import smtp_server
from workplace import EDITION, Desk, letter, the_error

from bench.measures import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ADDRESS = "https://www.example.org/post/"
SENTENCE = "Das Boot fährt am Morgen hinaus, und am Abend liegt es wieder am Ufer, wo alle es sehen können. "


def sections(desk: Desk, number: int, text: str) -> None:
    for each in range(number):
        path = desk.edition / f"{20 + each}-abschnitt.txt"
        path.write_text(f"Title: Abschnitt {each}\n\n{text}\n", encoding="utf-8")


def built(desk: Desk, name: str) -> bytes:
    return (desk.folder / "build" / EDITION / name).read_bytes()


def html_kilobytes(desk: Desk) -> float:
    return len(built(desk, "newsletter.html")) / 1000


# --- sizes ------------------------------------------------------------------------------------------------


def test_pictures_and_attachments_are_counted_and_weighed(desk: Desk) -> None:
    assert re.search(r"^de +1 +\d+ KB +\d+ KB +1 \(0 KB\) +– +\d+ KB$", desk.run("build").out, re.MULTILINE)
    (desk.edition / "attachments").mkdir()
    for name in ("a.pdf", "b.pdf"):
        (desk.edition / "attachments" / name).write_bytes(bytes(100_000))
    assert re.search(r" 1 \(0 KB\) +2 \(200 KB\) +2\d\d KB$", desk.run("build").out, re.MULTILINE)


def test_what_two_languages_share_is_pointed_out_once(desk: Desk) -> None:
    from test_journey_send import in_two_languages

    in_two_languages(desk)
    (desk.edition / "attachments").mkdir()
    (desk.edition / "attachments" / "leer.pdf").write_bytes(b"")
    assert desk.run("build").err.count("R107") == 1


def test_an_edition_of_sixty_sections_builds_and_is_sent(desk: Desk) -> None:
    sections(desk, 59, SENTENCE * 5)
    done = desk.run("build")
    assert html_kilobytes(desk) < 80
    assert "R101" not in done.err
    desk.send(5)


def test_a_letter_of_eighty_kilobytes_is_a_warning_that_names_its_longest_sections(desk: Desk) -> None:
    sections(desk, 59, SENTENCE * 7)
    desk.replace(desk.edition / "31-abschnitt.txt", SENTENCE * 7, SENTENCE * 40)
    done = desk.run("build")
    assert 80 <= html_kilobytes(desk) < 100
    assert re.search(
        r"^warning  R101 +The letter's HTML has \d+ KB; Gmail cuts it off at 102 KB.* Longest: 31-abschnitt\.txt "
        r"\(\d+ KB\), .* edition\.txt",
        done.err,
        re.MULTILINE,
    )


def test_a_letter_of_a_hundred_kilobytes_is_refused_until_a_person_says_otherwise(desk: Desk) -> None:
    desk.run("build")
    before = desk.files()
    sections(desk, 59, SENTENCE * 12)
    error = the_error(desk.run("build", expect=1))
    assert re.search(r"HTML has 1\d\d KB; Gmail cuts it off at 102 KB", error)
    assert f"isa-mail build {EDITION} --allow-clipping" in error
    assert {
        name: file for name, file in desk.files().items() if name in before
    } == before  # the old build stays
    done = desk.run("build", "--allow-clipping")
    assert "warning" in done.err and "R101" in done.err
    assert html_kilobytes(desk) >= 100
    assert "5 written" in desk.send(5).out


def test_a_heavy_mail_is_a_warning_and_one_that_no_server_takes_is_refused_with_its_heaviest_parts(
    desk: Desk,
) -> None:
    (desk.edition / "attachments").mkdir()
    heavy = desk.edition / "attachments" / "Präsentation.pptx"
    heavy.write_bytes(bytes(7_600_000))
    done = desk.run("build")
    assert (
        "10.4 MB; many servers take no more than 10 MB. Heaviest: Präsentation.pptx (10.4 MB), boot-"
        in done.err
    )
    assert "R105" in done.err
    lines = []
    for number in range(10):  # noise is what a camera's JPEG cannot make smaller
        name = f"images/rauschen{number}.png"
        noise = Image.frombytes("RGB", (1072, 1120), os.urandom(1072 * 1120 * 3))
        noise.save(desk.edition / name, compress_level=0)
        lines.append(f"\n![Rauschen]({name})\n")
    with desk.section.open("a", encoding="utf-8") as file:
        file.writelines(lines)
    error = the_error(desk.run("build", expect=1))
    assert re.search(
        r"has 2\d\.\d MB; 20 MB is the limit\. Heaviest: Präsentation\.pptx \(10\.4 MB\), rauschen", error
    )
    assert 'pictures = "linked"' in error
    desk.setting(f'web_address = "{ADDRESS}"\npictures = "linked"')
    err = desk.run("build").err
    assert "R105" in err
    assert 'pictures = "linked"' not in err  # they are by now


def test_a_file_that_changes_while_the_letter_is_being_built_stops_the_build(desk: Desk) -> None:
    desk.run("build")
    before = built(desk, "manifest.json")
    done = threading.Event()

    def change() -> None:
        while not done.wait(0.001):
            with (desk.edition / "notiz.md").open("a", encoding="utf-8") as file:
                file.write("x")

    writer = threading.Thread(target=change)
    writer.start()
    try:
        error = the_error(desk.run("build", expect=1))
    finally:
        done.set()
        writer.join()
    assert "A file was changed while the letter was being built." in error
    assert built(desk, "manifest.json") == before


# --- on the web -------------------------------------------------------------------------------------------


def test_build_says_what_has_to_be_uploaded_before_the_letter_is_sent(desk: Desk) -> None:
    assert "upload" not in desk.run("build").out
    desk.setting(f'web_address = "{ADDRESS}"')
    wanted = f"upload build/{EDITION}/web/ to {ADDRESS}{EDITION}/ (the letter links to its web version)."
    assert wanted in desk.run("build").out
    desk.replace(desk.settings_file, "\n\n[delivery]", '\npictures = "linked"\n\n[delivery]')
    linked = desk.run("build").out
    assert "(the letter shows its pictures from there)." in linked
    assert re.search(r"^de +1 .* 1 \(0 KB\) ", linked, re.MULTILINE)  # counted, though the mail carries none


def test_a_person_gets_a_letter_without_pictures_that_names_those_in_the_web_folder(desk: Desk) -> None:
    desk.setting(f'web_address = "{ADDRESS}"\npictures = "linked"')
    desk.run("build")
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(5)
    mail = server.received[0].content
    assert b"image/" not in mail and b"cid:" not in mail and b"multipart/related" not in mail
    (src,) = re.findall(r'<img [^>]*src="([^"]*)"', letter(mail).html)
    assert (desk.folder / "build" / EDITION / "web" / src.removeprefix(f"{ADDRESS}{EDITION}/")).is_file()
    assert f"<{ADDRESS}{EDITION}/>" in letter(mail).text
    assert all(src in letter(other.content).html for other in server.received)  # the same for everyone


def test_send_refuses_a_build_from_before_the_pictures_were_linked(desk: Desk) -> None:
    desk.run("build")
    desk.setting(f'web_address = "{ADDRESS}"')
    assert "isa-mail.toml (publication) has changed" in the_error(desk.run("send", "--dry-run", expect=1))


def test_the_web_version_says_nothing_of_anybody_and_points_out_what_it_lacks(desk: Desk) -> None:
    desk.setting(f'web_address = "{ADDRESS}"')
    done = desk.run("build")
    page = built(desk, "web/index.html").decode()
    assert "Guten Tag allerseits," in page
    assert "Das Boot liegt in , liebes Mitglied  &amp; Freunde." in page
    for mine in ("recipient@example.org", "unsubscribe", "[ort]", "{{", "cid:"):
        assert mine not in page
    assert re.search(
        r"warning  R104 +The web version has nothing to show for \{\{ ort \}\}.* 10-boot\.txt:3",
        done.err,
    )
    assert done.err.count("R104") == 1


@pytest.mark.browser
def test_the_web_folder_opens_from_a_disk_in_a_browser_and_each_language_leads_to_the_other(
    desk: Desk, browser: "Browser", tmp_path: Path
) -> None:
    from test_journey_send import in_two_languages

    in_two_languages(desk)
    desk.setting(f'web_address = "{ADDRESS}"')
    desk.run("build")
    uploaded = (desk.folder / "build" / EDITION / "web").rename(tmp_path / "irgendwo sonst")
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((uploaded / "de" / "index.html").as_uri())
    assert page.title() == "Uferpost im Oktober"
    assert page.evaluate("[...document.images].map(each => each.naturalWidth)") == [24]
    page.get_by_role("link", name="中文").click()
    page.wait_for_url("**/zh/index.html")
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    assert page.evaluate("[...document.images].every(each => each.naturalWidth > 0)")
    page.get_by_role("link", name="Deutsch").click()
    page.wait_for_url("**/de/index.html")
    for scheme in ("light", "dark"):
        assert violations(browser, (uploaded / "de" / "index.html").read_text(encoding="utf-8"), scheme) == []
    assert asked and all(url.startswith("file://") for url in asked)
    context.close()


def test_the_draft_shows_pictures_from_memory_though_the_letter_will_link_them(desk: Desk) -> None:
    from isa_mail.pipeline.previewing import Previewing
    from isa_mail.preview.letter import take_apart
    from isa_mail.workspace.find import find_workspace
    from isa_mail.workspace.settings import read_settings

    desk.setting(f'web_address = "{ADDRESS}"\npictures = "linked"')
    workspace = find_workspace(desk.folder, {})
    before = desk.files()
    draft = Previewing(workspace, lambda: read_settings(workspace.settings_file), EDITION).draft()
    letter = take_apart(draft.message("de", None))
    ((address, picture),) = draft.linked.items()
    assert letter.pictures == {}
    assert address == f"{ADDRESS}{EDITION}/pictures/{picture.filename}"
    assert f'src="{address}"'.encode() in letter.html
    assert f'href="{ADDRESS}{EDITION}/"'.encode() in letter.html
    assert desk.files() == before


def test_a_build_of_what_was_built_before_says_so(desk: Desk) -> None:
    said = "Nothing has changed since the last build."
    desk.run("build")
    assert said in desk.run("build").out
    desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
    assert said not in desk.run("build").out
