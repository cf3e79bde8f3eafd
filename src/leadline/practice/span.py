"""Span: how many report to the lead, and what their one-on-ones take of the week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from leadline.errors import InputError
from leadline.findings import LEAD, Citation, Finding, Receipt
from leadline.practice.one_on_ones import Cadence
from leadline.practice.people import Person

BAND_FROM = 7
"""From this many reports on, a line asks who else could lead."""

HARD_AFTER = 8
"""Beyond this many the source calls it impossible to give everyone enough."""

SEVEN_OR_EIGHT = Citation(
    text=(
        "Past seven or eight reports quality drops. Spans differ widely among good teams: "
        "the US mean is 12.1 (2025), the median 5–6, and 97 % of managers also do work of "
        "their own."
    ),
    source="A head of data science, interview at 10:51; Gallup on span of control",
)


class Band(StrEnum):
    """Where a number of reports lies."""

    WITHIN = "within"
    EDGE = "edge"
    BEYOND = "beyond"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The gauge.

    Attributes
    ----------
    n_reports : int
        Direct reports who are here.
    one_on_one_hours_per_week : float
        Reports × minutes at the cadence.
    share_of_week : float
        Of the lead's own hours, 0–1 and beyond.
    band : Band
        Within, at the edge (from 7), or beyond (from 9).
    """

    n_reports: int
    one_on_one_hours_per_week: float
    share_of_week: float
    band: Band


def span(
    *,
    n_reports: int,
    cadence: Cadence = Cadence(),  # noqa: B008 - frozen
    hours_per_week: float = 40.0,
    band_from: int = BAND_FROM,
) -> Span:
    """Measure a span against the lead's own week.

    Parameters
    ----------
    n_reports : int
        Direct reports, at least 0.
    cadence : Cadence
        How often and how long one-on-ones are.
    hours_per_week : float
        The lead's own hours, above 0.
    band_from : int
        First number of reports at the edge.

    Raises
    ------
    InputError
        Fewer than 0 reports, or no hours.
    """
    if n_reports < 0 or hours_per_week <= 0:
        raise InputError(
            f"a span needs at least 0 reports and more than 0 hours a week, "
            f"got {n_reports} and {hours_per_week}"
        )
    hours = n_reports * cadence.minutes_per_week / 60
    band = Band.WITHIN
    if n_reports >= band_from:
        band = Band.EDGE if n_reports <= band_from + HARD_AFTER - BAND_FROM else Band.BEYOND
    return Span(
        n_reports=n_reports,
        one_on_one_hours_per_week=hours,
        share_of_week=hours / hours_per_week,
        band=band,
    )


def could_lead(
    *, reports: Sequence[Person], led_by: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Name the reports who own a project already, each with the project; in order of names.

    Parameters
    ----------
    reports : sequence of Person
        Direct reports who are here.
    led_by : mapping of str to sequence of str
        Project → the names of those who own it, the first of them first.

    Returns
    -------
    tuple of str
        "Mira Tideway (search-ranking)". A suggestion of whom to ask: nobody is compared.
    """
    led: dict[str, list[str]] = {}
    for project, owners in led_by.items():
        if owners:
            led.setdefault(owners[0], []).append(project)
    return tuple(
        f"{person.name} ({', '.join(sorted(led[person.name]))})"
        for person in sorted(reports, key=lambda one: one.name)
        if person.name in led
    )


def findings(
    *,
    reports: Sequence[Person],
    today: date,
    led_by: Mapping[str, Sequence[str]] = MappingProxyType({}),
    cadence: Cadence = Cadence(),  # noqa: B008 - frozen
    hours_per_week: float = 40.0,
    band_from: int = BAND_FROM,
) -> tuple[Finding, ...]:
    """Say when the span has reached the band.

    Parameters
    ----------
    reports : sequence of Person
        Direct reports; those not yet or no longer here are left out.
    today : date
        The day of asking.
    led_by : mapping of str to sequence of str
        Project → the names of those who own it; they are asked about first.
    cadence, hours_per_week, band_from
        As for `span`.

    Returns
    -------
    tuple of Finding
        "span-wide", or nothing.
    """
    here = [person for person in reports if person.is_here(on=today)]
    n_reports = len(here)
    gauge = span(
        n_reports=n_reports,
        cadence=cadence,
        hours_per_week=hours_per_week,
        band_from=band_from,
    )
    if gauge.band is Band.WITHIN:
        return ()
    return (
        Finding(
            rule="span-wide",
            subject="team:span",
            sentence=(
                f"{n_reports} people report to you; one-on-ones alone take "
                f"{gauge.one_on_one_hours_per_week:.1f} h of your week "
                f"({gauge.share_of_week:.0%}), and past seven or eight it gets hard."
            ),
            receipts=(
                Receipt(
                    source="people file",
                    place=f"{n_reports} rows that report to you on {today}",
                    as_of=today,
                    command="leadline people",
                ),
            ),
            magnitude=float(n_reports),
            worth=0.4 if gauge.band is Band.EDGE else 0.6,
            readers=(LEAD,),
            question=_question(could_lead(reports=here, led_by=led_by)),
            citation=SEVEN_OR_EIGHT,
        ),
    )


def _question(already: tuple[str, ...]) -> str:
    """Ask who would want to lead people, by name where somebody owns a project already."""
    if not already:
        return "Who would want to lead a project, and later people in it?"
    names = already[0] if len(already) == 1 else f"{', '.join(already[:-1])} or {already[-1]}"
    return f"Would {names} want to lead people in what they own already?"
