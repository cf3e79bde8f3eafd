"""What waits for somebody, and their own reminders."""

from __future__ import annotations

from datetime import date

from leadline.practice.waiting import Reminder, Waiting, findings, in_order

TODAY = date(2027, 3, 10)


def waits(text: str, since: int, due: int | None = None) -> Waiting:
    due_on = date(2027, 3, due) if due else None
    return Waiting(kind="action", text=text, since=date(2027, 3, since), due_on=due_on)


def test_what_is_late_comes_first_then_the_oldest() -> None:
    things = [
        waits("new", 9),
        waits("old", 1),
        waits("late", 8, due=9),
        waits("due", 2, due=10),
    ]
    assert [one.text for one in in_order(things, today=TODAY)] == ["late", "old", "due", "new"]
    assert [one.age_days(today=TODAY) for one in things] == [1, 9, 2, 8]
    assert waits("tomorrow", 11).age_days(today=TODAY) == 0


def test_a_reminder_speaks_from_its_day_on_and_to_its_owner_alone() -> None:
    def reminder(day: int, done: int | None = None) -> Reminder:
        done_on = date(2027, 3, done) if done else None
        return Reminder(
            text="ask about the move",
            on=date(2027, 3, day),
            made_on=date(2027, 2, 1),
            done_on=done_on,
            number=day,
        )

    found = findings(
        [reminder(10), reminder(11), reminder(8, done=9), reminder(7)],
        reader="mira@harbour.example",
        today=TODAY,
    )
    assert [(one.subject, one.magnitude) for one in found] == [
        ("reminder:10", 1.0),
        ("reminder:7", 4.0),
    ]
    assert all(one.readers == ("mira@harbour.example",) for one in found)
