"""Probation in the brief, and in plain lines."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.errors import InputError
from leadline.findings import LEAD, Finding
from leadline.practice.people import Person
from leadline.practice.probation import (
    Absence,
    Contract,
    ProbationFacts,
    dates_of,
    describe,
    findings,
    probation_dates,
)


def person(country: str = "DE", start_on: date | None = date(2026, 1, 1), **more) -> Person:
    return Person(
        name="Mira Stone",
        emails=("mira@harbour.example",),
        country=country,
        start_on=start_on,
        **more,
    )


def on(today: date, who: Person | None = None, **facts) -> list[Finding]:
    return findings(people=[who or person()], today=today, facts=ProbationFacts(**facts))


def rules(found: list[Finding]) -> list[str]:
    return [finding.rule for finding in found]


# DE, 1 January to 30 June 2026: evaluation 1 April, last safe day 22 June (test_engine).
@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2025, 12, 31), []),
        (date(2026, 3, 17), []),
        (date(2026, 3, 18), ["probation-midpoint"]),  # 14 days ahead
        (date(2026, 5, 31), ["probation-midpoint"]),
        (date(2026, 6, 1), ["probation-midpoint", "probation-last-safe-day"]),  # 21 days
        (date(2026, 6, 30), ["probation-midpoint", "probation-last-safe-day"]),
        (date(2026, 7, 1), []),
    ],
)
def test_lines_come_up_in_time_and_go(today: date, expected: list[str]) -> None:
    assert rules(on(today)) == expected


def test_lead_and_person_read_the_same_line() -> None:
    found = on(date(2026, 6, 1))
    assert all(finding.readers == (LEAD, "mira@harbour.example") for finding in found)
    assert all(finding.subject == "person:mira@harbour.example" for finding in found)


def test_a_line_shows_where_it_comes_from() -> None:
    (midpoint,) = on(date(2026, 3, 25))
    law, start = midpoint.receipts
    assert (law.source, law.command) == ("law", "leadline people mira@harbour.example")
    assert "622(3)" in law.place
    assert law.place.endswith("law.toml, row DE")
    assert start.source == "people file"


def test_sentences_count_the_days() -> None:
    (week,) = on(date(2026, 3, 25))
    assert "is on 2026-04-01, in 7 days; it ends on 2026-06-30." in week.sentence
    (day,) = on(date(2026, 3, 31))
    assert "in 1 day;" in day.sentence
    (now,) = on(date(2026, 4, 1))
    assert "is today, 2026-04-01" in now.sentence
    (late,) = on(date(2026, 4, 8))
    assert "was on 2026-04-01" in late.sentence


def test_a_late_line_grows_and_points_to_the_next_deadline() -> None:
    (early,) = on(date(2026, 3, 25))
    (late,) = on(date(2026, 4, 8))
    assert (early.magnitude, late.magnitude) == (0, 1)  # weeks begun: it does not come daily
    assert (early.due_on, late.due_on) == (date(2026, 4, 1), date(2026, 6, 22))
    before = on(date(2026, 6, 22))[-1]
    after = on(date(2026, 6, 25))[-1]
    assert (before.due_on, after.due_on) == (date(2026, 6, 22), date(2026, 6, 30))
    assert after.magnitude == 1


def test_an_evaluation_that_was_held_silences_the_midpoint_only() -> None:
    held = {"mira@harbour.example": date(2026, 4, 1)}
    assert rules(on(date(2026, 6, 1), evaluated=held)) == ["probation-last-safe-day"]


def test_a_told_outcome_silences_everything() -> None:
    told = {"mira@harbour.example": date(2026, 4, 2)}
    assert on(date(2026, 6, 1), decided=told) == []


def test_questions_are_about_the_work_and_reassure() -> None:
    midpoint, safe = on(date(2026, 6, 1))
    assert "went well" in midpoint.question
    assert "good news included" in safe.question


def test_people_who_left_or_have_no_start_are_passed_over() -> None:
    left = person(ends_on=date(2026, 2, 1))
    assert on(date(2026, 3, 25), left) == []
    unknown = person(start_on=None)
    assert on(date(2026, 3, 25), unknown) == []
    assert dates_of(unknown, facts=ProbationFacts()) is None


def test_an_open_question_names_the_safe_day_meanwhile() -> None:
    # FR, role unknown, 1 January 2026: two months are the earliest: 13 February.
    (ask,) = on(date(2026, 1, 15), person("FR"))
    assert ask.rule == "probation-ask-hr"
    assert "2026-02-13 is the safe day" in ask.sentence
    assert ask.due_on == date(2026, 2, 13)
    assert ask.question.startswith("Could you ask HR: ")


def test_a_question_without_a_range_has_no_deadline() -> None:
    (ask,) = on(date(2026, 1, 15), person("SK"))
    assert ask.due_on is None
    assert ask.receipts[0].as_of == date(2026, 1, 15)


def test_a_missing_country_is_asked_for() -> None:
    (ask,) = on(date(2026, 1, 15), person(""))
    assert "a person without a country" in ask.sentence
    assert "row (no country)" in ask.receipts[0].place


def test_old_questions_fall_silent() -> None:
    # Half a year after the start, or after the last possible end, nobody needs to ask.
    assert on(date(2026, 7, 4), person("SK")) == []
    assert rules(on(date(2026, 7, 3), person("SK"))) == ["probation-ask-hr"]
    assert on(date(2026, 7, 4), person("FR")) == []
    ends = person("SK", probation_ends_on=date(2026, 3, 31))
    assert on(date(2026, 4, 1), ends) == []


def test_facts_beyond_the_people_file_are_used() -> None:
    key = "mira@harbour.example"
    facts = ProbationFacts(
        contracts={key: Contract(role="employee")},
        absences={key: [Absence(first_on=date(2026, 2, 2), last_on=date(2026, 2, 3))]},
        holidays={"CZ": frozenset({date(2026, 5, 1)})},
    )
    # CZ 2026: 30 April, two working days on, 1 May free: Monday 4, Tuesday 5 May.
    answer = dates_of(person("CZ"), facts=facts)
    assert answer is not None
    assert answer.ends_on == date(2026, 5, 5)


def test_a_date_in_the_people_file_goes_first() -> None:
    answer = dates_of(person(probation_ends_on=date(2026, 3, 31)), facts=ProbationFacts())
    assert answer is not None
    assert answer.ends_on == date(2026, 3, 31)


def test_described_dates_can_be_followed_step_by_step() -> None:
    lines = describe(probation_dates(country="DE", start_on=date(2026, 1, 1)))
    assert lines[0] == "Probation: Thu 1 Jan 2026 to Tue 30 Jun 2026"
    assert lines[1].startswith("Evaluation: Wed 1 Apr 2026. Doing fine? Say so")
    assert "Last safe day for a decision: Mon 22 Jun 2026" in lines
    assert "Protection against dismissal from: Wed 1 Jul 2026" in lines
    assert (
        "  Mon 29 Jun 2026  Written form: one working day to sign and to hand it over." in lines
    )
    assert any(line.startswith("Watch: A notice counts on the day") for line in lines)
    assert any(line.startswith("Checked: ") for line in lines)
    assert lines[-1].startswith("Not legal advice: confirm with HR")


def test_a_country_without_a_wait_on_file_shows_no_protection() -> None:
    lines = describe(probation_dates(country="AT", start_on=date(2026, 1, 1)))
    assert not any("Protection" in line for line in lines)


def test_described_questions_give_the_range_or_the_known_dates() -> None:
    ranged = describe(probation_dates(country="FR", start_on=date(2026, 3, 1)))
    assert sum(line.startswith("Possible: ends ") for line in ranged) == 3
    assert any(line.startswith("Until HR has answered the earliest") for line in ranged)
    known = describe(
        probation_dates(
            country="SK", start_on=date(2026, 1, 1), ends_on_override=date(2026, 3, 31)
        )
    )
    assert "Ends by the contract: Tue 31 Mar 2026" in known
    unknown = describe(probation_dates(country="ZZ", start_on=date(2026, 1, 1)))
    assert not any(line.startswith("Law: ") for line in unknown)


def test_an_absence_ends_after_it_begins() -> None:
    with pytest.raises(InputError, match="before it begins"):
        Absence(first_on=date(2026, 1, 2), last_on=date(2026, 1, 1))
    with pytest.raises(InputError, match="absence kind is 'nap'"):
        Absence(first_on=date(2026, 1, 1), last_on=date(2026, 1, 1), kind="nap")
