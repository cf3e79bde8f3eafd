"""The pulse: who may be asked, when something is shown, and what cannot be subtracted."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.errors import InputError
from leadline.practice.pulse import (
    FEWEST,
    STATEMENTS,
    Answers,
    EarlierRound,
    Launch,
    Shown,
    findings,
    is_confirmed,
    launch,
    results,
    statements,
)

TODAY = date(2027, 3, 1)
CLOSES = date(2027, 3, 8)
EIGHT = frozenset("abcdefgh")


def started(team: frozenset[str], *earlier: EarlierRound) -> Launch:
    return launch(team=team, earlier=earlier, today=TODAY, closes_on=CLOSES)


def shown(team: frozenset[str], days_ago: int = 90) -> EarlierRound:
    return EarlierRound(closed_on=TODAY - timedelta(days=days_ago), invited=team)


def test_a_first_round_asks_everybody_and_freezes_the_threshold() -> None:
    found = started(EIGHT)
    assert (found.invited, found.threshold, found.closes_on) == (tuple("abcdefgh"), 5, CLOSES)
    assert found.left_out == ()


def test_four_people_or_fewer_are_not_asked() -> None:
    with pytest.raises(InputError, match="at least 5 people to ask, there are 4"):
        started(frozenset("abcd"))
    assert started(frozenset("abcde")).invited == tuple("abcde")


def test_no_setting_makes_the_threshold_smaller() -> None:
    with pytest.raises(InputError, match="below 5 answers, got 4"):
        launch(team=EIGHT, earlier=(), today=TODAY, closes_on=CLOSES, threshold=4)


def test_a_round_lasts_at_least_a_day() -> None:
    with pytest.raises(InputError, match="must close after 2027-03-01"):
        launch(team=EIGHT, earlier=(), today=TODAY, closes_on=TODAY)


def test_a_joiner_sits_out_until_enough_have_joined() -> None:
    found = started(EIGHT | {"new"}, shown(EIGHT))
    assert (found.invited, found.left_out) == (tuple("abcdefgh"), ("new",))
    five = frozenset({"n1", "n2", "n3", "n4", "n5"})
    assert started(EIGHT | five, shown(EIGHT)).left_out == ()


def test_a_leaver_stops_the_next_round_until_enough_have_left_or_a_year_has_passed() -> None:
    with pytest.raises(InputError, match="1 of those asked in the round that closed on 2026"):
        started(EIGHT - {"h"}, shown(EIGHT))
    assert started(EIGHT - {"h"}, shown(EIGHT, days_ago=365)).invited == tuple("abcdefg")
    assert started(frozenset("abcdeVWXYZ"), shown(frozenset("abcdefghij"))).left_out == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    first=st.frozensets(st.sampled_from("abcdefghijkl"), min_size=5),
    second=st.frozensets(st.sampled_from("abcdefghijkl"), min_size=1),
    third=st.frozensets(st.sampled_from("abcdefghijkl"), min_size=1),
)
def test_no_two_rounds_within_a_year_ever_differ_by_fewer_than_the_threshold(
    first: frozenset[str], second: frozenset[str], third: frozenset[str]
) -> None:
    """Oracle: the attack itself. Whoever subtracts two shown rounds gets nobody or a crowd."""
    asked: list[EarlierRound] = []
    for team in (first, second, third):
        try:
            found = started(team, *asked)
        except InputError:
            continue
        asked.append(shown(frozenset(found.invited)))
    for one, other in combinations(asked, 2):
        for difference in (one.invited - other.invited, other.invited - one.invited):
            assert len(difference) == 0 or len(difference) >= FEWEST


def test_results_wait_for_the_end_and_for_enough_answers() -> None:
    asked = {"expects": STATEMENTS["expects"]}

    def shown_on(day: date, *counts: int) -> tuple[int, str]:
        found = results(
            {"expects": counts}, asked=asked, threshold=5, closes_on=CLOSES, today=day
        )
        return len(found.answers), found.withheld

    assert shown_on(CLOSES, 0, 0, 0, 0, 6) == (0, "The round runs until 2027-03-08.")
    n_shown, why = shown_on(CLOSES + timedelta(days=1), 0, 1, 1, 1, 1)
    assert (n_shown, "Fewer than 5" in why) == (0, True)
    assert shown_on(CLOSES + timedelta(days=1), 0, 1, 1, 1, 2) == (1, "")


def test_each_level_stands_beside_its_count() -> None:
    answers = Answers(statement="s", counts=(0, 1, 2, 3, 4))
    assert answers.by_level[0] == ("disagree", 0)
    assert answers.by_level[-1] == ("agree", 4)


def test_a_round_without_any_count_shows_nothing() -> None:
    found = results({}, asked={}, threshold=5, closes_on=CLOSES, today=date(2027, 4, 1))
    assert found.withheld.startswith("Fewer than 5")


def test_a_promise_is_asked_about_in_the_next_round_and_confirmed_by_most() -> None:
    assert list(statements()) == list(STATEMENTS)
    assert len(STATEMENTS) == 5
    assert statements("agendas a day before")["confirms"].endswith("“agendas a day before”")
    assert is_confirmed((0, 1, 1, 2, 1))
    assert not is_confirmed((0, 1, 2, 2, 1))


def test_the_lead_is_asked_for_an_answer_after_a_week_and_for_the_promise_after_a_quarter() -> (
    None
):
    closed = Shown(closed_on=TODAY, promised_on=None, confirmed_on=None)
    assert findings(None, today=TODAY) == ()
    assert findings(closed, today=TODAY + timedelta(days=6)) == ()
    (late,) = findings(closed, today=TODAY + timedelta(days=9))
    assert (late.rule, late.magnitude, late.readers) == ("pulse-unanswered", 2.0, ("lead",))
    promised = Shown(closed_on=TODAY, promised_on=TODAY, confirmed_on=None)
    assert findings(promised, today=TODAY + timedelta(days=89)) == ()
    (open_,) = findings(promised, today=TODAY + timedelta(days=90))
    assert (open_.rule, open_.readers) == ("pulse-promise-unconfirmed", ("team",))
    kept = Shown(closed_on=TODAY, promised_on=TODAY, confirmed_on=TODAY)
    assert findings(kept, today=TODAY + timedelta(days=400)) == ()
