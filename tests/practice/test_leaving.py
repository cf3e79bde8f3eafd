"""Leaving: the last day by the notice rule, and a handover list that loses nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.errors import InputError
from leadline.practice.leaving import (
    Item,
    Leaver,
    Notice,
    OnlyTheirs,
    findings,
    handover,
    last_day,
)


@pytest.mark.parametrize(
    ("told_on", "notice", "expected"),
    [
        # §622(1) BGB: four weeks to the 15th or the end of a month. Told on 3 March 2027:
        # 31 March is four weeks on and the end of a month; told on the 4th it is 15 April.
        (date(2027, 3, 3), Notice(length=4, ends_on="15th or end of month"), date(2027, 3, 31)),
        (date(2027, 3, 4), Notice(length=4, ends_on="15th or end of month"), date(2027, 4, 15)),
        (date(2027, 3, 4), Notice(length=4), date(2027, 4, 1)),
        (date(2027, 3, 4), Notice(length=10, unit="days"), date(2027, 3, 14)),
        (date(2027, 11, 30), Notice(length=3, unit="months"), date(2028, 2, 29)),
        (date(2027, 1, 20), Notice(length=3, unit="months", ends_on="end of month"),
         date(2027, 4, 30)),
        (date(2027, 1, 20), Notice(length=6, ends_on="end of quarter"), date(2027, 3, 31)),
        (date(2027, 2, 20), Notice(length=6, ends_on="end of quarter"), date(2027, 6, 30)),
    ],
)  # fmt: skip
def test_the_last_day_by_hand(told_on: date, notice: Notice, expected: date) -> None:
    found = last_day(told_on=told_on, notice=notice)
    assert found.on == expected
    assert found.steps[-1].on == expected


@settings(deadline=None)
@given(
    told_on=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    length=st.integers(0, 24),
)
def test_months_agree_with_dateutil(told_on: date, length: int) -> None:
    """Oracle: dateutil's arithmetic of months."""
    found = last_day(told_on=told_on, notice=Notice(length=length, unit="months"))
    assert found.on == told_on + relativedelta(months=length)


@settings(deadline=None)
@given(told_on=st.dates(date(2000, 1, 1), date(2100, 1, 1)), length=st.integers(0, 30))
def test_an_end_of_quarter_is_the_first_one_that_is_late_enough(
    told_on: date, length: int
) -> None:
    """Oracle: walking day by day."""
    found = last_day(told_on=told_on, notice=Notice(length=length, ends_on="end of quarter"))
    day = told_on + timedelta(weeks=length)
    while (day + timedelta(days=1)).day != 1 or day.month % 3:
        day += timedelta(days=1)
    assert found.on == day


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"length": -1}, "at least 0 weeks, got -1"),
        ({"length": 1, "unit": "years"}, "unit is 'years'; allowed are days, weeks, months"),
        ({"length": 1, "ends_on": "Friday"}, "ends_on is 'Friday'; allowed are any day"),
    ],
)
def test_a_notice_that_is_none_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Notice(**wrong)  # type: ignore[arg-type]


KEPT = Item(kind="area", what="ranker/", why="git", successor="otto", done_on=None)


def test_a_handover_keeps_what_was_named_and_adds_what_is_new() -> None:
    found = [
        OnlyTheirs(kind="area", what="Ranker/", why="git", successors=(("mira", "author"),)),
        OnlyTheirs(
            kind="model", what="geo", why="owner", successors=(("piet", "x"), ("mira", "y"))
        ),
        OnlyTheirs(kind="model", what="geo", why="again"),
        OnlyTheirs(kind="duty", what="on call", why="said"),
    ]
    items = handover(found, kept=[KEPT], leaver={"piet"})
    assert [(item.what, item.successor) for item in items] == [
        ("ranker/", "otto"),
        ("geo", "mira"),
        ("on call", ""),
    ]


def test_an_open_handover_is_said_in_the_last_month() -> None:
    last = date(2027, 4, 30)
    done = Item(kind="duty", what="pager", why="said", successor="otto", done_on=last)
    orphan = Item(kind="model", what="geo", why="owner", successor="", done_on=None)

    def lines(today: date, *items: Item) -> list[str]:
        leaver = Leaver(person="piet", name="Piet", last_on=last, items=items)
        found = findings([leaver], today=today)
        assert all(one.readers == ("lead", "piet") for one in found)
        return [one.sentence for one in found]

    assert lines(date(2027, 3, 30), KEPT) == []
    assert lines(date(2027, 5, 1), KEPT) == []
    assert lines(date(2027, 4, 1), done) == []
    (said,) = lines(date(2027, 4, 1), KEPT, done)
    assert said.endswith("and 1 of 2 on the handover list are open.")
    (said,) = lines(date(2027, 4, 1), KEPT, orphan)
    assert said.endswith("2 of 2 on the handover list are open; nobody is named for geo.")
