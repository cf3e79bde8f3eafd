"""Span. Oracle: reports × minutes ÷ 60, by hand; the band is the source's (10:51)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from leadline.errors import InputError
from leadline.findings import LEAD
from leadline.practice.one_on_ones import Cadence
from leadline.practice.people import Person
from leadline.practice.span import Band, could_lead, findings, span

TODAY = date(2026, 3, 18)


def team(size: int) -> list[Person]:
    return [Person(name=f"P{n}", emails=(f"p{n}@example.com",)) for n in range(size)]


@pytest.mark.parametrize(
    ("n_reports", "band"),
    [(0, Band.WITHIN), (6, Band.WITHIN), (7, Band.EDGE), (8, Band.EDGE), (9, Band.BEYOND)],
)
def test_the_band_begins_at_seven(n_reports: int, band: Band) -> None:
    assert span(n_reports=n_reports).band is band


def test_the_gauge_is_reports_times_cadence_against_own_hours() -> None:
    gauge = span(n_reports=8, cadence=Cadence(every_days=14, minutes=60), hours_per_week=32)
    assert gauge.one_on_one_hours_per_week == 4
    assert gauge.share_of_week == 0.125


def test_the_band_is_the_leads_to_set() -> None:
    assert span(n_reports=11, band_from=10).band is Band.EDGE
    assert span(n_reports=12, band_from=10).band is Band.BEYOND


@pytest.mark.parametrize(("n_reports", "hours"), [(-1, 40.0), (3, 0.0)])
def test_a_gauge_without_a_team_or_hours_is_refused(n_reports: int, hours: float) -> None:
    with pytest.raises(InputError, match="at least 0 reports and more than 0 hours"):
        span(n_reports=n_reports, hours_per_week=hours)


def test_seven_reports_give_a_line_that_asks_who_could_lead() -> None:
    (line,) = findings(reports=team(7), today=TODAY)
    assert line.rule == "span-wide"
    assert line.sentence == (
        "7 people report to you; one-on-ones alone take 1.8 h of your week (4%), "
        "and past seven or eight it gets hard."
    )
    assert line.magnitude == 7
    assert line.readers == (LEAD,)
    assert line.citation is not None
    assert "Gallup" in line.citation.source


def test_more_than_eight_are_worth_more() -> None:
    (edge,) = findings(reports=team(8), today=TODAY)
    (beyond,) = findings(reports=team(9), today=TODAY)
    assert beyond.worth > edge.worth


def test_who_has_left_does_not_count() -> None:
    people = team(7)
    people[0] = replace(people[0], ends_on=date(2026, 3, 1))
    assert findings(reports=people, today=TODAY) == ()


def test_who_owns_a_project_already_is_asked_about_by_name() -> None:
    reports = team(7)
    led_by = {"search": ["P4", "P1"], "ads": ["P2"], "maps": ["P4"], "new": [], "old": ["Gone"]}
    assert could_lead(reports=reports, led_by=led_by) == ("P2 (ads)", "P4 (maps, search)")
    (line,) = findings(reports=reports, today=TODAY, led_by=led_by)
    assert line.question == (
        "Would P2 (ads) or P4 (maps, search) want to lead people in what they own already?"
    )
    (line,) = findings(reports=reports, today=TODAY, led_by={"ads": ["P2"]})
    assert line.question == "Would P2 (ads) want to lead people in what they own already?"


def test_a_team_in_which_nobody_owns_a_project_is_asked_who_would_want_to() -> None:
    (line,) = findings(reports=team(7), today=TODAY, led_by={"ads": ["Somebody else"]})
    assert line.question == "Who would want to lead a project, and later people in it?"
