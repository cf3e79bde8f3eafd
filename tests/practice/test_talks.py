"""One-on-ones: what became of them, the agenda, two facts, and what the lead owes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from leadline.practice.meetings import Meeting, Status
from leadline.practice.talks import (
    QUESTIONS,
    Action,
    Held,
    Point,
    WorkFact,
    agenda,
    findings,
    human_question,
    occurrences,
    two_facts,
    with_corrections,
)

TODAY = date(2027, 3, 10)
MIRA = "mira@harbour.example"


def talk(day: int, *, status: Status = Status.CONFIRMED, moved: bool = False) -> Meeting:
    starts_at = datetime(2027, 3, day, 9, tzinfo=UTC)
    return Meeting(
        uid="weekly",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=15),
        title="Mira / Ines",
        kind="one-on-one",
        report=MIRA,
        status=status,
        moved_from=starts_at - timedelta(days=1) if moved else None,
        line=4,
    )


MEETINGS = (
    talk(1),
    talk(3, moved=True),
    talk(5, status=Status.CANCELLED),
    talk(8, status=Status.DECLINED),
    talk(10),
    talk(12, status=Status.CANCELLED),
)


def test_the_calendar_says_what_became_of_each_talk() -> None:
    found = occurrences(MEETINGS, report=MIRA, today=TODAY, corrections={})
    assert [(one.starts_at.day, one.held) for one in found] == [
        (12, Held.SKIPPED),
        (10, None),
        (8, Held.SKIPPED),
        (5, Held.SKIPPED),
        (3, Held.MOVED),
        (1, Held.HELD),
    ]
    assert found[0].place == "calendar line 4"
    assert (
        occurrences(MEETINGS, report=MIRA, today=TODAY, corrections={}, n_past=1) == found[:3]
    )
    assert occurrences(MEETINGS, report="luca", today=TODAY, corrections={}) == ()


def test_a_correction_wins_over_the_calendar_and_reaches_its_rules() -> None:
    fifth, first = MEETINGS[2], MEETINGS[0]
    corrections = {
        (fifth.uid, fifth.planned_at): Held.HELD,
        (first.uid, first.planned_at): Held.SKIPPED,
    }
    found = occurrences(MEETINGS, report=MIRA, today=TODAY, corrections=corrections)
    assert [one.starts_at.day for one in found if one.is_corrected] == [5, 1]
    assert with_corrections(MEETINGS, corrections={}) == tuple(MEETINGS)
    right = with_corrections(MEETINGS, corrections=corrections)
    assert [one.takes_place for one in right] == [False, True, True, False, True, False]
    assert right[1] is MEETINGS[1]


def test_two_facts_are_the_newest_of_different_subjects() -> None:
    facts = [
        WorkFact(subject="a", text="a moved", on=date(2027, 3, 1)),
        WorkFact(subject="a", text="a moved again", on=date(2027, 3, 2)),
        WorkFact(subject="b", text="b has no test", on=None),
        WorkFact(subject="c", text="c is live", on=date(2027, 2, 1)),
    ]
    assert [fact.text for fact in two_facts(facts)] == ["a moved again", "c is live"]
    assert two_facts(()) == ()


def test_the_human_question_changes_by_week_and_stays_all_week() -> None:
    monday = date(2027, 3, 8)
    week = {human_question(report=MIRA, on=monday + timedelta(days=day)) for day in range(7)}
    assert len(week) == 1
    weeks = {human_question(report=MIRA, on=monday + timedelta(weeks=n)) for n in range(8)}
    assert weeks == set(QUESTIONS)


def test_the_report_comes_first_on_the_agenda_and_open_points_are_carried_forward() -> None:
    def point(text: str, by: str, day: int, closed: int | None = None) -> Point:
        closed_on = date(2027, 3, closed) if closed else None
        return Point(text=text, by=by, on=date(2027, 3, day), closed_on=closed_on)

    points = [
        point("lead's, old", "ines", 1),
        point("done", MIRA, 1, closed=2),
        point("report's, new", MIRA, 9),
        point("report's, old", MIRA, 2),
    ]
    found = [one.text for one in agenda(points, report=MIRA)]
    assert found == ["report's, old", "report's, new", "lead's, old"]


def action(owner: str, due: int | None, done: int | None = None) -> Action:
    return Action(
        text=f"send the plan {due}",
        report=MIRA,
        name="Mira",
        owner=owner,
        agreed_on=date(2027, 3, 1),
        due_on=date(2027, 3, due) if due else None,
        done_on=date(2027, 3, done) if done else None,
    )


def test_only_what_the_lead_owes_and_is_late_becomes_a_line() -> None:
    quiet = [
        action("ines", None),
        action("ines", 10),
        action("ines", 2, done=3),
        action(MIRA, 1),
    ]
    assert findings(quiet, lead={"ines"}, today=TODAY) == ()
    (found,) = findings([*quiet, action("ines", 8)], lead={"ines"}, today=TODAY)
    assert (found.magnitude, found.readers) == (2.0, ("lead", MIRA))
    assert "“send the plan 8”, due 2027-03-08" in found.sentence
    (both,) = findings([action("ines", 8), action("ines", 5)], lead={"ines"}, today=TODAY)
    assert "“send the plan 5” and 1 more" in both.sentence
