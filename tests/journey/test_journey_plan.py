"""What the plan of a `send` says to the person who is about to type the number."""

from servers import DROP, Fault, refuse, smtp_server
from workplace import MEMBERS, Desk


def test_every_group_of_an_interrupted_send_is_told_with_the_way_on(desk: Desk) -> None:
    faults = [refuse("anna@mitglied.test"), Fault("dot", DROP, "boerge@mitglied.test", times=1)]
    frieda = ("frieda@mitglied.test", "Frieda", "Neu", "Ort", "", "")
    with smtp_server(faults=faults) as server:
        desk.mail_server(server)
        desk.send(3, "--limit", "3", expect=3)
        desk.members([*MEMBERS[:4], frieda])  # without emil, who is still open
        desk.members([frieda], file="press.csv")
        plan = desk.run("send", "--dry-run").out
        assert "Already sent: 1\n" in plan
        assert "Already failed: 1 (again with --retry failed)" in plan
        assert "Already unknown: 1 (not sent again unless you add --retry unknown)" in plan
        assert "Still open from an earlier run: 1" in plan
        assert "No longer on the lists, so not sent to: 1\n  emil@mitglied.test" in plan
        assert "New on the lists since the first run: 1" in plan
        assert "Not used: press.csv" in plan
        assert "Mails in this run: 2" in plan
        assert (
            "Tried again: 1, with the same Message-ID"
            in desk.run("send", "--dry-run", "--retry", "unknown").out
        )


def test_the_plan_says_how_long_it_takes_at_the_set_pace(desk: Desk) -> None:
    desk.pace(messages_per_minute=2)
    with smtp_server() as server:
        desk.mail_server(server)
        assert "About 2 minutes at 2 a minute" in desk.run("send", "--dry-run").out
    desk.mail_server(None)
    assert "a minute" not in desk.run("send", "--dry-run").out


def test_rows_that_cannot_be_used_are_counted_whole_though_not_all_are_named(desk: Desk) -> None:
    desk.members([*MEMBERS, *((f"nobody {n}", "", "", "", "", "") for n in range(25))])
    plan = desk.run("send", "--dry-run").out
    assert "25 rows cannot be used and will get nothing:" in plan
    assert "recipients/members.csv:26  nobody 19" in plan and "nobody 20" not in plan
    assert "… and 5 more" in plan


def test_people_who_are_on_no_list_any_more_are_counted_whole_as_well(desk: Desk) -> None:
    desk.members([(f"person{n}@mitglied.test", "", "", "Ort", "", "") for n in range(23)])
    desk.send(1, "--limit", "1")
    desk.members([("person0@mitglied.test", "", "", "Ort", "", "")])
    plan = desk.run("send", "--dry-run").out
    assert "not sent to: 22" in plan and "… and 2 more" in plan
