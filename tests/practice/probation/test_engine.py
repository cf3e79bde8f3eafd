"""Dates against the statutes: every expected day was counted by hand in the comment."""

from __future__ import annotations

import inspect
from datetime import date

import pytest

from leadline.connectors.working_days import holidays_of
from leadline.errors import InputError
from leadline.practice.probation import (
    Absence,
    AskHR,
    Contract,
    ProbationDates,
    probation_dates,
)

PERMANENT = Contract(kind="permanent", signed_on=date(2026, 6, 1))


def dates(country: str, start_on: date, **more: object) -> ProbationDates:
    answer = probation_dates(country=country, start_on=start_on, **more)
    assert isinstance(answer, ProbationDates), answer
    return answer


def asks(country: str, start_on: date, **more: object) -> AskHR:
    answer = probation_dates(country=country, start_on=start_on, **more)
    assert isinstance(answer, AskHR), answer
    return answer


def pro(**more: object) -> Contract:
    return Contract(role="professional", employer_size=200, **more)


# Last days. The oracle is the statute named in the row; the count is in the comment.
ENDS = [
    # BGB §§ 187(2), 188(2): the day before the day that bears the same number.
    ("DE", date(2026, 1, 1), pro(), date(2026, 6, 30)),
    ("DE", date(2026, 5, 15), pro(), date(2026, 11, 14)),  # Haufe's own example: 14.11.
    # BGB § 188(3): February has no 30th or 31st, so the period ends with the month.
    ("DE", date(2026, 8, 31), pro(), date(2027, 2, 28)),
    ("DE", date(2027, 8, 31), pro(), date(2028, 2, 29)),  # 2028 is a leap year
    ("DE", date(2027, 8, 30), pro(), date(2028, 2, 29)),
    ("DE", date(2027, 8, 29), pro(), date(2028, 2, 28)),  # the day before 29 February
    ("DE", date(2028, 2, 29), pro(), date(2028, 8, 28)),  # the day before 29 August
    # AngG § 19(2), rechteasy's examples: 4 April to 3 May, 1 February to 28 (29) February.
    ("AT", date(2026, 4, 4), pro(), date(2026, 5, 3)),
    ("AT", date(2026, 2, 1), pro(), date(2026, 2, 28)),
    ("AT", date(2028, 2, 1), pro(), date(2028, 2, 29)),
    # ET art. 14: six months, two months, three under 25 employees.
    ("ES", date(2026, 3, 2), pro(), date(2026, 9, 1)),
    ("ES", date(2026, 3, 2), Contract(role="employee", employer_size=25), date(2026, 5, 1)),
    ("ES", date(2026, 3, 2), Contract(role="employee", employer_size=24), date(2026, 6, 1)),
    # L1221-19: two, three, four months.
    ("FR", date(2026, 3, 1), Contract(role="employee"), date(2026, 4, 30)),
    ("FR", date(2026, 3, 1), Contract(role="technician"), date(2026, 5, 31)),
    ("FR", date(2026, 3, 1), Contract(role="manager"), date(2026, 6, 30)),
    # BW 7:652: two months when permanent.
    ("NL", date(2026, 3, 1), pro(), date(2026, 4, 30)),
    # CT art. 112: 90, 180, 240 days. 1 March + 89 = 29 May; + 179 = 27 August; + 239.
    ("PT", date(2026, 3, 1), Contract(role="employee"), date(2026, 5, 29)),
    ("PT", date(2026, 3, 1), pro(), date(2026, 8, 27)),
    ("PT", date(2026, 3, 1), Contract(role="executive"), date(2026, 10, 26)),
    # § 35 from 1 June 2025: four and eight months; before: three and six.
    ("CZ", date(2025, 6, 1), Contract(role="employee"), date(2025, 9, 30)),
    ("CZ", date(2025, 6, 1), Contract(role="manager"), date(2026, 1, 31)),
    (
        "CZ",
        date(2025, 6, 1),
        Contract(role="employee", signed_on=date(2025, 5, 20)),
        date(2025, 8, 31),
    ),
    # Codul muncii art. 31: 90 calendar days from 1 January are 31 + 28 + 31.
    ("RO", date(2026, 1, 1), Contract(role="professional"), date(2026, 3, 31)),
    ("RO", date(2026, 1, 1), Contract(role="manager"), date(2026, 4, 30)),  # + 30 = 120
    # CLT 445: 90 days, not three months: in a leap year they end on 30 March.
    ("BR", date(2026, 1, 1), Contract(), date(2026, 3, 31)),
    ("BR", date(2028, 1, 1), Contract(), date(2028, 3, 30)),
    ("SE", date(2026, 2, 1), Contract(), date(2026, 7, 31)),
    ("DK", date(2026, 2, 1), Contract(), date(2026, 4, 30)),
    ("NO", date(2026, 2, 1), Contract(), date(2026, 7, 31)),
    ("FI", date(2026, 2, 1), Contract(), date(2026, 7, 31)),
    ("CH", date(2026, 2, 1), Contract(agreed_months=3), date(2026, 4, 30)),
    ("CH", date(2026, 2, 1), Contract(agreed_months=1), date(2026, 2, 28)),
    ("SA", date(2025, 2, 18), Contract(), date(2025, 5, 18)),  # the older law: 90 days
    ("SA", date(2025, 2, 19), Contract(), date(2025, 8, 17)),  # 180 days
    ("PL", date(2026, 2, 1), Contract(next_contract="under-6-months"), date(2026, 2, 28)),
    ("PL", date(2026, 2, 1), Contract(next_contract="6-to-12-months"), date(2026, 3, 31)),
    ("PL", date(2026, 2, 1), Contract(next_contract="longer-or-permanent"), date(2026, 4, 30)),
    ("PL", date(2023, 4, 1), Contract(), date(2023, 6, 30)),  # before 26 April 2023
    ("UA", date(2026, 2, 1), Contract(role="manual"), date(2026, 2, 28)),
    ("MX", date(2026, 2, 1), Contract(role="employee"), date(2026, 3, 2)),  # 28 + 2 = 30
]


@pytest.mark.parametrize(("country", "start_on", "contract", "ends_on"), ENDS)
def test_the_last_day_is_the_one_the_statute_counts(
    country: str, start_on: date, contract: Contract, ends_on: date
) -> None:
    assert dates(country, start_on, contract=contract).ends_on == ends_on


def fixed(ends_on: date, **more: object) -> Contract:
    return Contract(kind="fixed-term", ends_on=ends_on, **more)


@pytest.mark.parametrize(
    ("country", "start_on", "contract", "ends_on"),
    [
        # BW 7:652(5): 24 months from 1 March 2026 end on 29 February 2028.
        ("NL", date(2026, 3, 1), fixed(date(2028, 2, 28)), date(2026, 3, 31)),
        ("NL", date(2026, 3, 1), fixed(date(2028, 2, 29)), date(2026, 4, 30)),
        # ET art. 14: a fixed term of up to six months: one month, whatever the role.
        ("ES", date(2026, 3, 1), fixed(date(2026, 8, 31)), date(2026, 3, 31)),
        # CZ § 35: at most half. 1 January to 30 June are 181 days; half is 90: 31 March.
        ("CZ", date(2026, 1, 1), fixed(date(2026, 6, 30), role="employee"), date(2026, 3, 31)),
        # FI: a year of 365 days, half is 182 days: 1 July; six months end on 30 June.
        ("FI", date(2026, 1, 1), fixed(date(2026, 12, 31)), date(2026, 6, 30)),
        # CST art. 78, actualicese.com: six months of 180 days allow 36 days.
        ("CO", date(2026, 1, 1), fixed(date(2026, 6, 29)), date(2026, 2, 5)),
        # L1242-10: one day a week. 1 January to 26 March are 85 days, 12 weeks: 12 days.
        ("FR", date(2026, 1, 1), fixed(date(2026, 3, 26)), date(2026, 1, 12)),
        # … at most two weeks up to six months, at most a month beyond.
        ("FR", date(2026, 1, 1), fixed(date(2026, 6, 30)), date(2026, 1, 14)),
        ("FR", date(2026, 1, 1), fixed(date(2026, 12, 31)), date(2026, 1, 31)),
        # Law 203/2024 art. 13: 181 days, one working day for 15: 12. From Thu 1 January:
        # 1, 2, 5–9, 12–16 are twelve working days (no holidays given).
        ("IT", date(2026, 1, 1), fixed(date(2026, 6, 30)), date(2026, 1, 16)),
        # … at least two days, here for a term of 20.
        ("IT", date(2026, 1, 1), fixed(date(2026, 1, 20)), date(2026, 1, 2)),
        # … 24 months are 730 days: 48 working days. 9 weeks of 5 from Thu 1 January end
        # on Wed 4 March (45), then Thu 5, Fri 6, Mon 9.
        ("IT", date(2026, 1, 1), fixed(date(2027, 12, 31)), date(2026, 3, 9)),
        # Codul muncii art. 85: 5, 15, 30 and 45 working days.
        ("RO", date(2026, 3, 2), fixed(date(2026, 4, 30)), date(2026, 3, 6)),
        ("RO", date(2026, 3, 2), fixed(date(2026, 8, 31)), date(2026, 3, 20)),
        ("RO", date(2026, 3, 2), fixed(date(2027, 3, 1), role="employee"), date(2026, 4, 10)),
        ("RO", date(2026, 3, 2), fixed(date(2027, 3, 1), role="manager"), date(2026, 5, 1)),
        # Labour Contract Law art. 19: one month under a year, two under three, else six.
        ("CN", date(2026, 1, 1), fixed(date(2026, 12, 30)), date(2026, 1, 31)),
        ("CN", date(2026, 1, 1), fixed(date(2026, 12, 31)), date(2026, 2, 28)),
        ("CN", date(2026, 1, 1), fixed(date(2028, 12, 31)), date(2026, 6, 30)),
        # DK: a quarter. Eight months from 1 January are 243 days: 60 days end on 1 March.
        ("DK", date(2026, 1, 1), fixed(date(2026, 8, 31)), date(2026, 3, 1)),
        # BG art. 70: one month under a year.
        ("BG", date(2026, 1, 1), fixed(date(2026, 12, 30)), date(2026, 1, 31)),
        # EE § 86: half of up to eight months: 181 days, half 90.
        ("EE", date(2026, 1, 1), fixed(date(2026, 6, 30)), date(2026, 3, 31)),
    ],
)
def test_a_fixed_term_caps_the_probation(
    country: str, start_on: date, contract: Contract, ends_on: date
) -> None:
    assert dates(country, start_on, contract=contract).ends_on == ends_on


def test_germany_evaluates_at_three_of_six_months() -> None:
    found = dates("DE", date(2026, 1, 1), contract=PERMANENT)
    assert found.evaluate_on == date(2026, 4, 1)  # three months done; a Wednesday


def test_a_shorter_probation_is_evaluated_a_month_before_its_end() -> None:
    # FR technician: 1 March to 31 May; a month before is 30 April (no 31st), a Thursday.
    found = dates("FR", date(2026, 3, 1), contract=Contract(role="technician"))
    assert found.evaluate_on == date(2026, 4, 30)


def test_a_probation_of_one_month_is_evaluated_in_its_middle() -> None:
    # AT: 1 to 30 April 2026; a month before lies before the start; the middle is day 16.
    assert dates("AT", date(2026, 4, 1)).evaluate_on == date(2026, 4, 16)


def test_an_evaluation_at_the_weekend_moves_to_the_friday_before() -> None:
    # 1 March to 31 August 2026: three months done on Monday 1 June; a holiday moves it.
    plain = dates("DE", date(2026, 3, 1), contract=PERMANENT)
    moved = dates(
        "DE", date(2026, 3, 1), contract=PERMANENT, holidays=frozenset({date(2026, 6, 1)})
    )
    assert plain.evaluate_on == date(2026, 6, 1)
    assert moved.evaluate_on == date(2026, 5, 29)  # the Friday before


def test_german_notice_may_reach_the_person_on_the_last_day() -> None:
    # § 622(3), § 623, § 102 BetrVG: 30 June 2026 is a Tuesday; Monday to sign; a week for
    # the works council leads to Monday 22 June.
    found = dates("DE", date(2026, 1, 1), contract=PERMANENT)
    assert found.last_notice_on == date(2026, 6, 30)
    assert found.last_safe_on == date(2026, 6, 22)
    assert found.protected_on == date(2026, 7, 1)  # KSchG § 1: longer than six months


def test_without_a_works_council_the_week_stays() -> None:
    contract = Contract(kind="permanent", works_council=False, employer_size=10)
    found = dates("DE", date(2026, 1, 1), contract=contract)
    assert found.last_safe_on == date(2026, 6, 29)
    assert found.protected_on is None  # KSchG § 23: not over ten employees


def test_a_last_day_on_sunday_does_not_move_to_monday() -> None:
    # BAG on § 193 BGB (Haufe): 15 May to Sunday 14 November 2027 stays the last day, and
    # the notice must reach the person on Friday 12.
    found = dates("DE", date(2027, 5, 15), contract=PERMANENT)
    assert found.ends_on == date(2027, 11, 14)
    assert found.last_notice_on == date(2027, 11, 12)


def test_german_holidays_come_off_too() -> None:
    # 1 July to 31 December 2026; 25 and 26 December are holidays, 31 is a Thursday.
    holidays = holidays_of(country="DE-BE", years=[2026])
    found = dates("DE", date(2026, 7, 1), contract=PERMANENT, holidays=holidays)
    assert found.last_notice_on == date(2026, 12, 31)
    assert found.last_safe_on == date(2026, 12, 23)  # 30 to sign, − 7 days


def test_danish_notice_must_end_inside() -> None:
    # Funktionærloven § 2(5), (7): 31 March − 14 days = Tuesday 17 March 2026.
    assert dates("DK", date(2026, 1, 1)).last_safe_on == date(2026, 3, 17)


def test_french_notice_grows_with_the_time_present() -> None:
    # L1221-25, cadre, 1 January to 30 April 2026: from 1 April a month's notice would be
    # owed and pass the end; on 31 March (three months present) two weeks still fit.
    cadre = dates("FR", date(2026, 1, 1), contract=Contract(role="professional"))
    assert cadre.last_notice_on == date(2026, 3, 31)
    # Employé, 1 January to 28 February: after a month two weeks: Saturday 14 → Friday 13.
    employee = dates("FR", date(2026, 1, 1), contract=Contract(role="employee"))
    assert employee.last_notice_on == date(2026, 2, 13)
    # In the first week a day: a trial of a term of four weeks is four days.
    brief = dates("FR", date(2026, 1, 5), contract=fixed(date(2026, 2, 1)))
    assert (brief.ends_on, brief.last_notice_on) == (date(2026, 1, 8), date(2026, 1, 7))


def test_portuguese_notice_is_thirty_days_since_may_2023() -> None:
    # 180 days from 2 January 2026 end on 30 June; − 30 = Sunday 31 May → Friday 29. From
    # day 121 on (2 May) 30 days hold.
    now = dates("PT", date(2026, 1, 2), contract=pro())
    assert (now.ends_on, now.last_notice_on) == (date(2026, 6, 30), date(2026, 5, 29))
    # 15 days before May 2023: 180 days from 2 January 2023 end on 30 June; − 15 = 15 June.
    before = dates("PT", date(2023, 1, 2), contract=pro())
    assert before.last_notice_on == date(2023, 6, 15)


def test_sweden_tells_two_weeks_before() -> None:
    # LAS § 31: 30 June 2026 − 14 days = Tuesday 16 June.
    assert dates("SE", date(2026, 1, 1)).last_safe_on == date(2026, 6, 16)


def test_a_polish_trial_contract_ends_by_itself() -> None:
    # 1 January to 31 March 2026 (Tuesday); written, so Monday 30 March.
    found = dates(
        "PL", date(2026, 1, 1), contract=Contract(next_contract="longer-or-permanent")
    )
    assert (found.last_notice_on, found.last_safe_on) == (date(2026, 3, 31), date(2026, 3, 30))
    assert any("2 weeks" in step.text for step in found.steps)  # by its length, art. 34


def test_swiss_illness_adds_the_working_days_missed() -> None:
    # 8C_317/2021 as reported by kgl.ch: a probation that ends on a Friday and two days of
    # illness: Monday and Tuesday are added. Three months from Saturday 7 March 2026 end on
    # Saturday 6 June; the weekend at the end does not count.
    away = [Absence(first_on=date(2026, 4, 1), last_on=date(2026, 4, 2))]
    found = dates("CH", date(2026, 3, 7), contract=Contract(agreed_months=3), absences=away)
    assert found.ends_on == date(2026, 6, 9)  # Saturday 6, then Monday 8, Tuesday 9
    leave = [Absence(first_on=date(2026, 4, 1), last_on=date(2026, 4, 2), kind="holiday")]
    same = dates("CH", date(2026, 3, 7), contract=Contract(agreed_months=3), absences=leave)
    assert same.ends_on == date(2026, 6, 6)


def test_czech_absence_adds_working_days_only() -> None:
    # 1 January to 30 April 2026; away Thursday 5 to Tuesday 10 March: four working days.
    # After Thursday 30 April: Fri 1 May (no holidays given), Mon 4, Tue 5, Wed 6.
    away = [Absence(first_on=date(2026, 3, 5), last_on=date(2026, 3, 10))]
    contract = Contract(role="employee")
    found = dates("CZ", date(2026, 1, 1), contract=contract, absences=away)
    assert found.ends_on == date(2026, 5, 6)
    # 1 and 8 May are holidays: Mon 4, Tue 5, Wed 6, Thu 7 May.
    holidays = holidays_of(country="CZ", years=[2026])
    found = dates("CZ", date(2026, 1, 1), contract=contract, absences=away, holidays=holidays)
    assert found.ends_on == date(2026, 5, 7)


def test_overlapping_absences_count_each_day_once() -> None:
    # CY, calendar days: 2–6 and 4–8 March are seven days: 30 June + 7.
    away = [
        Absence(first_on=date(2026, 3, 2), last_on=date(2026, 3, 6)),
        Absence(first_on=date(2026, 3, 4), last_on=date(2026, 3, 8), kind="leave"),
    ]
    found = dates("CY", date(2026, 1, 1), contract=pro(), absences=away)
    assert found.ends_on == date(2026, 7, 7)


def test_days_away_in_the_added_time_count_again() -> None:
    # CY: 25 June to 4 July: six days before 30 June move the end to 6 July; the four days
    # of July then lie inside and move it to 10 July.
    away = [Absence(first_on=date(2026, 6, 25), last_on=date(2026, 7, 4))]
    found = dates("CY", date(2026, 1, 1), contract=pro(), absences=away)
    assert found.ends_on == date(2026, 7, 10)


def test_finland_adds_a_month_for_each_thirty_days() -> None:
    # Chapter 1 § 4: 29 days add nothing, 30 a month, 60 two; 1 January to 30 June 2026.
    def end(last: date) -> date:
        away = [Absence(first_on=date(2026, 2, 1), last_on=last)]
        return dates("FI", date(2026, 1, 1), absences=away).ends_on

    assert end(date(2026, 3, 1)) == date(2026, 6, 30)  # 29 days
    assert end(date(2026, 3, 2)) == date(2026, 7, 31)
    assert end(date(2026, 4, 1)) == date(2026, 8, 31)


def test_finnish_extensions_stay_within_half_of_a_fixed_term() -> None:
    # A term of 365 days: half is 182 days, 1 January to 1 July 2026.
    away = [Absence(first_on=date(2026, 2, 1), last_on=date(2026, 3, 31))]
    found = dates("FI", date(2026, 1, 1), contract=fixed(date(2026, 12, 31)), absences=away)
    assert found.ends_on == date(2026, 7, 1)


def test_a_fixed_italian_term_counts_the_working_days_missed() -> None:
    # 12 working days end on Friday 16 January; two missed: Monday 19, Tuesday 20.
    away = [Absence(first_on=date(2026, 1, 8), last_on=date(2026, 1, 9))]
    found = dates("IT", date(2026, 1, 1), contract=fixed(date(2026, 6, 30)), absences=away)
    assert found.ends_on == date(2026, 1, 20)


def test_norway_extends_only_if_told_in_writing_and_else_asks() -> None:
    # Aml § 15-6(4): 30 days' absence move 30 June to 30 July, if told twice in writing.
    away = [Absence(first_on=date(2026, 2, 1), last_on=date(2026, 3, 2))]

    def contract(told: bool | None) -> Contract:
        return Contract(absence_extends=told)

    told = dates("NO", date(2026, 1, 1), contract=contract(True), absences=away)
    untold = dates("NO", date(2026, 1, 1), contract=contract(False), absences=away)
    assert (told.ends_on, untold.ends_on) == (date(2026, 7, 30), date(2026, 6, 30))
    ask = asks("NO", date(2026, 1, 1), contract=contract(None), absences=away)
    assert ask.missing == ("absence_extends",)
    assert [c.ends_on for c in ask.candidates] == [date(2026, 6, 30), date(2026, 7, 30)]


def test_german_illness_moves_nothing() -> None:
    away = [Absence(first_on=date(2026, 2, 1), last_on=date(2026, 4, 30))]
    found = dates("DE", date(2026, 1, 1), contract=PERMANENT, absences=away)
    assert found.ends_on == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("start_on", "protected_on"),
    [
        # ERA 1996 s. 108: two years before 2027. 1 June 2024 + two years complete on 31 May.
        (date(2024, 6, 1), date(2026, 5, 31)),
        # ERA 2025 s. 25: six months for dismissals that take effect from 1 January 2027.
        (date(2026, 1, 1), date(2027, 1, 1)),
        (date(2026, 7, 1), date(2027, 1, 1)),  # six months complete on 31 December
        (date(2026, 7, 2), date(2027, 1, 1)),  # … on 1 January
        (date(2026, 7, 3), date(2027, 1, 2)),
        (date(2027, 2, 1), date(2027, 7, 31)),
    ],
)
def test_britain_waits_two_years_and_six_months_from_2027(
    start_on: date, protected_on: date
) -> None:
    found = dates("GB", start_on)
    assert (found.kind, found.protected_on) == ("wait", protected_on)


def test_the_statutory_week_comes_off_the_british_wait() -> None:
    # 1 February to 30 July 2027 is unprotected; notice of a week (ss. 86, 97(2)) must end
    # by then: Friday 23 July.
    found = dates("GB", date(2027, 2, 1))
    assert found.last_notice_on == date(2027, 7, 23)


def test_a_british_contract_of_its_own_goes_first_but_not_past_the_wait() -> None:
    # A contractual probation to 30 April 2027: a week's notice before is Friday 23 April.
    own = dates("GB", date(2027, 2, 1), ends_on_override=date(2027, 4, 30))
    assert (own.kind, own.ends_on, own.last_notice_on) == (
        "contract",
        date(2027, 4, 30),
        date(2027, 4, 23),
    )
    # To 31 August: the wait ends first, on 31 July.
    late = dates("GB", date(2027, 2, 1), ends_on_override=date(2027, 8, 31))
    assert (late.ends_on, late.last_notice_on) == (date(2027, 8, 31), date(2027, 7, 23))


def test_australia_depends_on_the_employers_size() -> None:
    # Fair Work Act s. 383: six months from 1 January 2026 are complete on 30 June.
    big = dates("AU", date(2026, 1, 1), contract=Contract(employer_size=15))
    small = dates("AU", date(2026, 1, 1), contract=Contract(employer_size=14))
    assert (big.protected_on, small.protected_on) == (date(2026, 6, 30), date(2026, 12, 31))
    ask = asks("AU", date(2026, 1, 1))
    assert ask.missing == ("employer_size",)
    assert ask.safe_on == big.last_safe_on


def test_the_contracts_own_end_goes_before_the_law() -> None:
    found = dates("FR", date(2026, 1, 1), ends_on_override=date(2026, 7, 31))
    assert (found.kind, found.ends_on) == ("contract", date(2026, 7, 31))
    assert found.last_notice_on == date(2026, 6, 30)  # a month's notice, L1221-25


def test_an_own_end_past_the_laws_maximum_is_said_to_be() -> None:
    # NL, permanent: two months from 1 March 2026 end on 30 April; a longer clause is void.
    late = dates("NL", date(2026, 3, 1), ends_on_override=date(2026, 5, 31))
    kept = dates("NL", date(2026, 3, 1), ends_on_override=date(2026, 4, 30))
    assert any("after 2026-04-30" in text for text in late.assumptions)
    assert not any("after 2026-04-30" in text for text in kept.assumptions)
    assert any("void as a whole" in text for text in late.traps)


def test_what_is_taken_for_granted_is_said() -> None:
    def said(**more: object) -> str:
        return " ".join(dates("DE", date(2026, 1, 1), **more).assumptions)

    assert "permanent: no end date is known" in said()
    assert "longest probation" in said()
    assert "longest probation" not in said(contract=Contract(agreed_months=6))
    assert "longest probation" not in said(ends_on_override=date(2026, 3, 31))
    assert "names no probation of its own" in " ".join(
        dates("GB", date(2026, 8, 3)).assumptions
    )
    unsigned = dates("CZ", date(2025, 7, 1), contract=Contract(role="employee"))
    assert "an earlier day may mean older law" in " ".join(unsigned.assumptions)


def test_a_shorter_agreed_probation_counts_and_a_longer_one_is_capped() -> None:
    short = dates("DE", date(2026, 1, 1), contract=Contract(agreed_months=3))
    assert (short.ends_on, short.protected_on) == (date(2026, 3, 31), date(2026, 7, 1))
    long = dates("DE", date(2026, 1, 1), contract=Contract(agreed_months=9))
    assert long.ends_on == date(2026, 6, 30)
    assert any("more than the law allows" in text for text in long.assumptions)


def test_a_longer_agreed_notice_comes_off() -> None:
    # IE: 30 June 2026 − 30 days = Sunday 31 May → Friday 29 May; the statute's week alone
    # allows Tuesday 23 June.
    plain = dates("IE", date(2026, 1, 1))
    longer = dates("IE", date(2026, 1, 1), contract=Contract(agreed_notice_days=30))
    assert (plain.last_notice_on, longer.last_notice_on) == (
        date(2026, 6, 23),
        date(2026, 5, 29),
    )
    assert any("contract's notice" in step.text for step in longer.steps)


def test_a_longer_agreed_notice_does_not_matter_where_it_may_run_past_the_end() -> None:
    found = dates("DE", date(2026, 1, 1), contract=Contract(agreed_notice_days=60))
    assert found.last_notice_on == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("country", "contract", "missing"),
    [
        ("FR", Contract(), ("role",)),
        ("ES", Contract(), ("role", "employer_size")),
        ("ES", Contract(role="employee"), ("employer_size",)),
        ("CH", Contract(), ("agreed_months",)),
        ("PL", Contract(), ("next_contract",)),
        ("CZ", Contract(kind="fixed-term", role="employee"), ("ends_on",)),
        ("CZ", Contract(ends_on=date(2026, 9, 30)), ("kind", "role")),
        ("NL", Contract(kind="fixed-term"), ("ends_on",)),
    ],
)
def test_what_matters_and_is_missing_is_named(
    country: str, contract: Contract, missing: tuple[str, ...]
) -> None:
    ask = asks(country, date(2026, 3, 2), contract=contract)
    assert ask.missing == missing
    assert all(question.endswith("?") for question in ask.questions)


def test_a_question_gives_the_range_it_leaves_open() -> None:
    # FR: two, three or four months from 1 March 2026.
    ask = asks("FR", date(2026, 3, 1))
    ends = [candidate.ends_on for candidate in ask.candidates]
    assert ends == [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)]
    assert ask.safe_on == ask.candidates[0].last_safe_on


def test_a_missing_input_that_changes_nothing_is_not_asked_for() -> None:
    # DE: the size of the employer moves no probation; DK: the role neither.
    assert isinstance(probation_dates(country="DE", start_on=date(2026, 1, 1)), ProbationDates)
    # RO, a term of two months: five working days for everybody, so no role is needed.
    found = dates("RO", date(2026, 3, 2), contract=fixed(date(2026, 4, 30)))
    assert found.ends_on == date(2026, 3, 6)


@pytest.mark.parametrize("country", ["DE", "IE", "GR", "AR"])
def test_a_fixed_term_without_a_ratio_in_the_law_asks(country: str) -> None:
    ask = asks(country, date(2026, 1, 1), contract=fixed(date(2026, 12, 31)))
    assert ask.candidates == ()
    assert ask.statute


def test_a_short_dutch_term_can_have_no_probation() -> None:
    ask = asks("NL", date(2026, 3, 1), contract=fixed(date(2026, 8, 31)))
    assert "fixes no length" in ask.reason
    assert "without a probation?" in ask.questions[0]


@pytest.mark.parametrize("country", ["ZZ", "", "  "])
def test_an_unknown_country_asks(country: str) -> None:
    ask = asks(country, date(2026, 1, 1))
    assert ask.reason.startswith("There is no row for")
    assert ask.checked_on is None


def test_a_contract_from_before_the_law_on_file_asks() -> None:
    assert "begins on 2011-12-31" not in asks("CZ", date(2011, 1, 1)).reason
    assert "begins on 2012-01-01" in asks("CZ", date(2011, 1, 1)).reason


def test_where_the_contract_names_its_end_an_unknown_law_still_gives_the_evaluation() -> None:
    # SK is from memory. 1 January to 31 March 2026: a month before is 28 February, a
    # Saturday: Friday 27.
    ask = asks("SK", date(2026, 1, 1), ends_on_override=date(2026, 3, 31))
    assert (ask.ends_on, ask.evaluate_on) == (date(2026, 3, 31), date(2026, 2, 27))


@pytest.mark.parametrize("country", ["IN", "JP"])
def test_a_custom_without_known_notice_gives_no_safe_day(country: str) -> None:
    ask = asks(country, date(2026, 1, 1), ends_on_override=date(2026, 6, 30))
    assert ask.ends_on == date(2026, 6, 30)
    with_notice = dates(
        country,
        date(2026, 1, 1),
        ends_on_override=date(2026, 6, 30),
        contract=Contract(agreed_notice_days=30),
    )
    assert with_notice.last_notice_on == date(2026, 5, 29)  # 31 May is a Sunday


def test_belgium_has_no_probation_and_a_week_for_starts_from_august_2026() -> None:
    # Act of 3 June 2026: the first working day decides.
    before, after = date(2026, 7, 31), date(2026, 8, 1)
    assert "1, 3, 4, 5" in asks("BE", before).reason
    assert "one week in the first six months" in asks("BE", after).reason
    # The company's own date is taken, with the notice of that version.
    old = dates("BE", before, ends_on_override=date(2026, 12, 31))
    new = dates("BE", after, ends_on_override=date(2026, 12, 31))
    assert any("5 weeks" in step.text for step in old.steps)
    assert any("1 week " in step.text for step in new.steps)


def test_a_probation_too_short_for_its_notice_asks() -> None:
    ask = asks("DK", date(2026, 1, 1), ends_on_override=date(2026, 1, 10))
    assert "no day left" in ask.reason
    assert ask.ends_on == date(2026, 1, 10)


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(InputError, match="before it starts"):
        probation_dates(
            country="DE", start_on=date(2026, 1, 2), ends_on_override=date(2026, 1, 1)
        )


def test_a_subdivision_falls_back_to_its_country() -> None:
    assert dates("DE-BE", date(2026, 1, 1)).ends_on == date(2026, 6, 30)
    assert asks("CA-ON", date(2026, 1, 1)).reason.startswith("The row for Ontario")
    assert asks("CA-QC", date(2026, 1, 1)).reason.startswith("There is no row")


def test_every_answer_carries_its_law_and_says_confirm_with_hr() -> None:
    found = dates("DE", date(2026, 1, 1))
    assert "622(3)" in found.statute
    assert found.source
    assert found.checked_on is not None
    assert "confirm with HR" in found.confirm
    assert "confirm with HR" in asks("FR", date(2026, 1, 1)).confirm


def test_answers_turn_into_plain_values() -> None:
    plain = dates("DE", date(2026, 1, 1)).to_dict()
    assert plain["ends_on"] == "2026-06-30"
    assert plain["steps"][0]["on"] == "2026-06-30"
    ask = asks("FR", date(2026, 1, 1)).to_dict()
    assert ask["candidates"][0]["country"] == "FR"
    assert ask["ends_on"] is None


def test_the_same_dates_for_everybody() -> None:
    # R69: nothing about how somebody is doing can reach the engine.
    names = set(inspect.signature(probation_dates).parameters)
    assert names == {
        "country",
        "start_on",
        "contract",
        "absences",
        "holidays",
        "ends_on_override",
        "law",
    }
