"""What hiring slowly costs, and what hiring the wrong person costs: the break-even.

Every number is the lead's own guess; the answer is how far those guesses reach.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite

from leadline.errors import InputError
from leadline.findings import Citation

SLOW_AND_GOOD = Citation(
    text="Better a long search and good interviews than a bad hire: it costs the whole team.",
    source="Interview with a head of data science, 55:48",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guesses:
    """What the lead believes, each in plain units.

    Attributes
    ----------
    salary_per_year : float
        Of the role with what the employer adds, in money; above 0.
    worth_per_salary : float
        What a good hire's work is worth to the company, per unit of salary; above 0.
    bad_worth_per_salary : float
        What a bad hire's work is worth, per unit of salary; may be negative.
    weeks_until_parted : float
        From the first day of a bad hire to the last; at least 0.
    team_hours_per_week : float
        What a bad hire takes of others' time each week; at least 0.
    search_cost : float
        One search without anybody's salary: adverts, interviews, agency; at least 0.
    quick_weeks, slow_weeks : float
        How long each search leaves the seat empty; slow is not the shorter one.
    quick_bad, slow_bad : float
        Chance that each search ends in a bad hire, 0–1 and below 1.
    """

    salary_per_year: float
    worth_per_salary: float
    bad_worth_per_salary: float
    weeks_until_parted: float
    team_hours_per_week: float
    search_cost: float
    quick_weeks: float
    slow_weeks: float
    quick_bad: float
    slow_bad: float

    def __post_init__(self) -> None:
        for name in ("salary_per_year", "worth_per_salary"):
            if getattr(self, name) <= 0:
                raise InputError(f"{name} must be above 0, got {getattr(self, name)}")
        for field in fields(self):
            value = getattr(self, field.name)
            least = float("-inf") if field.name == "bad_worth_per_salary" else 0
            if not (isfinite(value) and value >= least):
                raise InputError(
                    f"{field.name} must be a number of at least {least}, got {value}"
                )
        for name in ("quick_bad", "slow_bad"):
            if getattr(self, name) >= 1:
                raise InputError(f"{name} must be within 0–1, got {getattr(self, name)}")
        if self.slow_weeks < self.quick_weeks:
            raise InputError(
                f"the slow search takes {self.slow_weeks} weeks and the quick one "
                f"{self.quick_weeks}; slow cannot be the shorter one"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Costs:
    """What each way costs until a good hire sits there, and how slow is still worth it.

    Attributes
    ----------
    empty_week : float
        What a week with an empty seat costs: a good hire's worth, less their salary.
    bad_hire : float
        What one bad hire costs before the next search starts.
    quick, slow : float
        Expected cost of each way, searches repeated until somebody good stays.
    break_even_weeks : float
        Up to so many weeks the slow search is the cheaper one; infinite where an empty
        seat costs nothing.
    """

    empty_week: float
    bad_hire: float
    quick: float
    slow: float
    break_even_weeks: float


HOURS_PER_WEEK = 40
WEEKS_PER_YEAR = 52


def compare(guesses: Guesses) -> Costs:
    """Return what quick and slow hiring cost, in the money of the guesses.

    Every search costs its fee and its empty weeks; with the chance of a bad hire, that
    hire's cost and another search follow. With chance p the number of searches is
    geometric with mean 1 / (1 − p), and the number of bad hires p / (1 − p).
    """
    week = guesses.salary_per_year / WEEKS_PER_YEAR
    empty_week = max(0.0, week * (guesses.worth_per_salary - 1))
    lost = week * (guesses.worth_per_salary - guesses.bad_worth_per_salary)
    others = week * guesses.worth_per_salary * guesses.team_hours_per_week / HOURS_PER_WEEK
    bad_hire = guesses.weeks_until_parted * (lost + others)

    def expected(weeks: float, bad: float) -> float:
        search = guesses.search_cost + weeks * empty_week
        return (search + bad * bad_hire) / (1 - bad)

    quick = expected(guesses.quick_weeks, guesses.quick_bad)
    room = quick * (1 - guesses.slow_bad) - guesses.slow_bad * bad_hire - guesses.search_cost
    return Costs(
        empty_week=empty_week,
        bad_hire=bad_hire,
        quick=quick,
        slow=expected(guesses.slow_weeks, guesses.slow_bad),
        break_even_weeks=room / empty_week if empty_week else float("inf"),
    )
