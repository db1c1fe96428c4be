"""A newcomer's first hour: init, build, send to the outbox, status; nothing is sent, and nothing is lost by it."""

import shutil
from pathlib import Path

from servers import smtp_server
from workplace import FIVE, MEMBERS, Desk, letter, people


def test_a_newcomer_comes_from_init_to_the_outbox_and_reads_that_nothing_was_sent(tmp_path: Path) -> None:
    Desk(tmp_path).run("init", "zwei-ufer")
    desk = Desk(tmp_path / "zwei-ufer")
    assert "build" in desk.run().out
    desk.run("build")
    for name in ("de/newsletter.html", "zh/newsletter.txt", "zh/newsletter.eml", "manifest.json"):
        assert (desk.folder / "build" / "2026-09" / name).stat().st_size > 0
    sent = desk.send(16)
    assert sent.last_line.startswith("Nothing was sent")
    mails = list((desk.folder / "outbox" / "2026-09" / "new").iterdir())
    assert len(mails) == 16
    chinese = [mail for mail in map(letter, (path.read_bytes() for path in mails)) if "青岭" in mail.subject]
    assert {mail.to for mail in chinese} == {
        "林晓梅 <lin.xiaomei@songdu.example.org>",
        "Zhiyuan Chen <chen.zhiyuan@zhuwan.example.org>",
        "office@lanjiang-papier.test",
        "Jing Wu <wu.jing@qingling.example.org>",
    }
    rows = desk.status()
    assert len(rows) == 16 and {row["state"] for row in rows} == {"written"}
    assert "16 written" in desk.run("status").out


def test_the_outbox_gets_one_mail_a_person_and_a_second_send_adds_none(desk: Desk) -> None:
    desk.send(5)
    assert {mail.to.rpartition("<")[2].rstrip(">") for mail in desk.outbox()} == FIVE
    assert len(desk.outbox()) == 5
    again = desk.run("send")
    assert "nothing to send" in again.out.lower()
    assert len(desk.outbox()) == 5
    assert set(desk.states().values()) == {"written"}


def test_after_another_build_the_rehearsal_is_written_anew_and_nothing_old_is_left(desk: Desk) -> None:
    desk.send(5)
    new, cur = (desk.folder / "outbox" / "2026-10" / name for name in ("new", "cur"))
    read = next(new.glob("*.eml"))
    read.rename(cur / f"{read.name};2,S")  # as mail programs do, with ":" where it may stand in a name
    (cur / "notes.txt").write_text("mine", encoding="utf-8")
    desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
    desk.run("build")
    desk.members(MEMBERS[:4])
    plan = desk.run("send", "--dry-run").out
    assert "Mails in this run: 4" in plan and "earlier rehearsal in the outbox are replaced" in plan
    assert len(desk.outbox()) == 4 and not any("Floß" in mail.text for mail in desk.outbox())
    done = desk.send(4)
    assert done.out.endswith("The mails lie in outbox/2026-10.\n") and "4 written" in done.out
    assert len(desk.outbox()) == 4 and all("Das Floß liegt" in mail.text for mail in desk.outbox())
    assert [path.name for path in cur.iterdir()] == ["notes.txt"]
    assert set(desk.states()) == {row[0] for row in MEMBERS[:4]}
    assert "nothing to send" in desk.run("send").out


def test_an_outbox_that_was_deleted_is_written_anew(desk: Desk) -> None:
    desk.send(5)
    shutil.rmtree(desk.folder / "outbox")
    desk.send(5)
    assert len(desk.outbox()) == 5


def test_after_the_outbox_a_real_send_still_reaches_everyone(desk: Desk) -> None:
    desk.send(5)
    with smtp_server() as server:
        desk.mail_server(server)
        done = desk.send(5)
        assert sorted(people(server)) == sorted(FIVE)
    assert "Nothing was sent" not in done.out
    assert desk.states() == dict.fromkeys(FIVE, "sent")


def test_the_outbox_and_the_mail_server_get_the_same_letters(desk: Desk) -> None:
    desk.send(5)
    written = {mail.to: mail for mail in desk.outbox()}
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(5)
        for got in server.accepted:
            sent = letter(got.content)
            assert sent == written[sent.to]


def test_status_before_any_send_says_so(desk: Desk) -> None:
    assert "Nothing of 2026-10" in desk.run("status").out
    assert desk.run("status", "--json").out.strip() == "[]"
    assert not desk.journal.exists()
