"""The first 90 days: dates, ticks, Markdown, templates to share, findings."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.errors import InputError
from leadline.findings import LEAD
from leadline.practice.dates import is_working_day
from leadline.practice.onboarding import (
    Plan,
    PlanEvidence,
    PlanProject,
    PlanStep,
    export_template,
    findings,
    first_90_days,
    phases,
    tick,
    to_markdown,
)
from leadline.practice.onboarding.template import parse_template
from leadline.practice.people import Person

START = date(2027, 1, 4)  # a Monday
ANA, BEN = "ana@harbour.example", "ben@harbour.example"
LEAD_ADDRESS = "mira@harbour.example"
PROJECTS = [
    PlanProject(name="ranking", owners=("Ana Ruiz", "Ben Holm")),
    PlanProject(name="ads"),
]


def someone(name: str, email: str, **more) -> Person:
    return Person(name=name, emails=(email,), **more)


TEAM = [
    someone("Mira Stone", LEAD_ADDRESS),
    someone("Ana Ruiz", ANA, start_on=date(2020, 3, 1)),
    someone("Ben Holm", BEN),
]


def plan(**changes) -> Plan:
    facts = {
        "start_on": START,
        "today": date(2026, 11, 23),
        "people": TEAM,
        "projects": PROJECTS,
        "lead": [LEAD_ADDRESS],
    }
    return first_90_days(**(facts | changes))


def steps(found: Plan, template_id: str) -> list[PlanStep]:
    return [step for step in found.steps if step.template_id == template_id]


def test_thirty_sixty_ninety() -> None:
    # Day 0 is Monday 4 January 2027; day 30 is 3 February, 60 is 5 March, 90 is 4 April.
    found = plan()
    days = {step.template_id: (step.on - START).days for step in found.steps}
    assert all(1 <= (step.on - START).days <= 30 for step in steps(found, "one-on-one"))
    assert all(31 <= (step.on - START).days <= 60 for step in steps(found, "project"))
    assert (days["day-30"], days["day-60"]) == (30, 60)
    # Day 90 is a Sunday: feedback and the close lie on Monday, day 91.
    assert (days["feedback"], days["day-90"]) == (91, 91)
    assert found.ends_on == date(2027, 4, 5)


def test_everyone_is_met_but_the_lead_is_not_on_their_own_list() -> None:
    subjects = [step.subject for step in steps(plan(), "one-on-one")]
    assert subjects == [f"person:{ANA}", f"person:{BEN}"]


def test_every_project_is_an_hour_with_its_owner() -> None:
    titles = [step.title for step in steps(plan(), "project")]
    assert titles == [
        "One hour with Ana Ruiz: ranking",
        "One hour with whoever knows it best: ads",
    ]


def test_a_start_in_the_future_has_a_month_of_preparation() -> None:
    ahead = [step for step in plan().steps if step.on < START]
    assert [step.template_id for step in ahead] == ["ideas", "reading", "roster", "mentor"]
    assert ahead[0].on == date(2026, 12, 7)  # 28 days before


def test_a_late_preparation_begins_today() -> None:
    # Two days before: what lay in December moves to Saturday 2 → Monday 4 January.
    found = plan(today=date(2027, 1, 2))
    assert {step.on for step in steps(found, "ideas")} == {START}
    found = plan(today=date(2026, 12, 30))
    assert {step.on for step in steps(found, "ideas")} == {date(2026, 12, 30)}


def test_after_the_start_nothing_is_to_be_prepared() -> None:
    assert all(step.on >= START for step in plan(today=START).steps)


def test_steps_spread_over_the_working_days_of_their_window() -> None:
    # Days 1 to 30 of ten people: 22 working days, Tuesday 5 January to Wednesday
    # 3 February; the k-th lies on working day 22·k div 10: 0, 2, 4, 6, 8, 11, …
    people = [someone(f"P{k}", f"p{k}@harbour.example") for k in range(10)]
    on = [step.on for step in steps(plan(people=people), "one-on-one")]
    assert on[:3] == [date(2027, 1, 5), date(2027, 1, 7), date(2027, 1, 11)]
    assert on[5] == date(2027, 1, 20)
    assert len(set(on)) == 10


@settings(max_examples=40, deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2032, 1, 1)),
    st.integers(0, 20),
    st.frozensets(st.dates(date(2024, 1, 1), date(2032, 12, 31)), max_size=15),
)
def test_every_step_lies_on_a_working_day(
    start_on: date, n_people: int, holidays: frozenset[date]
) -> None:
    people = [someone(f"P{k}", f"p{k}@harbour.example") for k in range(n_people)]
    found = plan(start_on=start_on, people=people, holidays=holidays)
    assert all(is_working_day(step.on, holidays=holidays) for step in found.steps)
    assert [step.on for step in found.steps] == sorted(step.on for step in found.steps)


def test_people_who_join_later_are_met_when_they_come() -> None:
    # Carl begins on day 42, Monday 15 February; feedback after 90 days together: Sunday
    # 16 May → Monday 17.
    carl = someone("Carl Late", "carl@harbour.example", start_on=date(2027, 2, 15))
    found = plan(people=[*TEAM, carl])
    met = next(step for step in steps(found, "one-on-one") if "Carl" in step.title)
    told = next(step for step in steps(found, "feedback") if "Carl" in step.title)
    assert (met.on, told.on) == (date(2027, 2, 15), date(2027, 5, 17))
    assert found.ends_on == date(2027, 4, 5)  # the lead's own 90 days do not grow


def test_people_who_left_or_come_much_later_are_not_on_the_plan() -> None:
    gone = someone("Dan Gone", "dan@harbour.example", ends_on=date(2026, 12, 31))
    later = someone("Eva Later", "eva@harbour.example", start_on=date(2027, 4, 5))
    titles = " ".join(step.title for step in plan(people=[*TEAM, gone, later]).steps)
    assert "Dan" not in titles
    assert "Eva" not in titles


def test_a_shorter_embargo_lets_feedback_begin_in_the_last_week() -> None:
    # Days 83 to 90 are 28 March to 4 April: Monday 29 March is the first working day.
    on = [step.on for step in steps(plan(embargo_days=60), "feedback")]
    assert on[0] == date(2027, 3, 29)
    assert max(on) <= START + timedelta(days=90)


def test_every_step_can_move_and_an_unknown_one_is_named() -> None:
    first = plan().steps[0]
    moved = plan(moved={first.uid: date(2026, 12, 24)})
    assert next(s for s in moved.steps if s.uid == first.uid).on == date(2026, 12, 24)
    with pytest.raises(InputError, match="no step 'nobody'"):
        plan(moved={"nobody": START})


def test_uids_are_stable_and_unique() -> None:
    uids = [step.uid for step in plan().steps]
    assert len(set(uids)) == len(uids)
    later = plan(start_on=date(2027, 3, 1), people=TEAM[::-1])
    assert set(uids) == {step.uid for step in later.steps}


def test_items_tick_themselves_from_evidence() -> None:
    hello = steps(plan(), "hello")[0]
    found = tick(
        plan(),
        evidence=PlanEvidence(
            one_on_ones={ANA: date(2027, 1, 6), BEN: date(2026, 12, 1)},
            briefs={"ranking": date(2027, 2, 8)},
            feedback={BEN: date(2027, 4, 6)},
            done={hello.uid: START},
        ),
    )
    done = {(s.template_id, s.subject): s.done_on for s in found.steps if s.done_on}
    assert done == {
        ("one-on-one", f"person:{ANA}"): date(2027, 1, 6),
        # Ben's was held before the plan began, as a colleague: it does not count.
        ("project", "project:ranking"): date(2027, 2, 8),
        ("feedback", f"person:{BEN}"): date(2027, 4, 6),
        ("hello", ""): START,
    }


def test_markdown_has_phases_and_boxes() -> None:
    ticked = tick(plan(), evidence=PlanEvidence(one_on_ones={ANA: date(2027, 1, 6)}))
    text = to_markdown(ticked)
    assert text.startswith("# First 90 days, from Mon 4 Jan 2027\n")
    assert (
        "- [x] **Tue 5 Jan 2027** One-on-one with Ana Ruiz\n  Done on Wed 6 Jan 2027." in text
    )
    assert "- [ ] **Wed 20 Jan 2027** One-on-one with Ben Holm\n  Before work:" in text
    titles = [title for title, _ in phases(ticked)]
    assert titles[0] == "Before you start"
    assert titles[-1] == "Days 61 to 90: begin with feedback"


def test_names_cannot_break_the_markdown() -> None:
    odd = [someone("Ana *<b>* [x](y)\n# Ruiz", ANA)]
    text = to_markdown(plan(people=odd))
    assert r"Ana \*\<b\>\* \[x\](y) \# Ruiz" in text


def test_a_template_without_about_and_text_stays_short() -> None:
    bare = parse_template('name = "x"\n[[step]]\nid = "a"\nday = 0\ntitle = "Go"', place="x")
    assert to_markdown(plan(template=bare)).splitlines()[2] == "## Days 0 to 30: meet everyone"


def test_an_exported_template_carries_no_names_and_can_be_read_again() -> None:
    own = parse_template(
        'name = "Mira Stone\'s way"\nabout = "As Piotr and Ana did it in ranking"\n'
        '[[step]]\nid = "a"\nday = 0\ntitle = "Ask ANA RUIZ about ads"\n'
        'text = "or ben@harbour.example, or piotr@elsewhere.example"\n'
        '[[step]]\nid = "b"\neach = "person"\nevidence = "one-on-one"\nfrom = 1\nuntil = 9\n'
        'title = "{person}"\n'
        '[[step]]\nid = "c"\neach = "project"\nfrom = 10\nuntil = 20\n'
        'title = "{project}, {owner}"\n',
        place="own",
    )
    text = export_template(plan(template=own))
    for name in ("Ana", "Ruiz", "Ben", "Holm", "Mira", "Stone", "@", "ranking", "ads"):
        assert name.lower() not in text.lower()
    assert "Ask a colleague about a project" in text
    again = parse_template(text, place="exported")
    assert [step.id for step in again.steps] == ["a", "b", "c"]
    assert again.steps[2].title == "{project}, {owner}"


def test_an_exported_template_keeps_moved_days() -> None:
    hello = steps(plan(), "hello")[0]
    text = export_template(plan(moved={hello.uid: date(2027, 1, 6)}))
    days = {step["id"]: step for step in tomllib.loads(text)["step"]}
    assert days["hello"]["day"] == 2
    assert days["one-on-one"]["from"] == 1
    # Steps that made nothing (preparation after the start) keep the template's days.
    late = tomllib.loads(export_template(plan(today=START)))["step"]
    assert late[0]["day"] == -28


def test_the_packaged_template_survives_its_own_export() -> None:
    again = parse_template(export_template(plan(people=[], projects=[])), place="exported")
    packaged = plan().template
    assert [step.title for step in again.steps] == [step.title for step in packaged.steps]
    assert [step.evidence for step in again.steps] == [s.evidence for s in packaged.steps]


def test_a_plan_turns_into_plain_values() -> None:
    plain = tick(plan(), evidence=PlanEvidence(one_on_ones={ANA: date(2027, 1, 6)})).to_dict()
    assert plain["start_on"] == "2027-01-04"
    first = next(s for s in plain["steps"] if s["subject"] == f"person:{ANA}")
    assert (first["on"], first["done_on"]) == ("2027-01-05", "2027-01-06")


def test_steps_that_are_due_come_up_in_one_line() -> None:
    # Tuesday 5 January: four preparations, the hello and Ana's one-on-one are open.
    (found,) = findings(plan=plan(), today=date(2027, 1, 5))
    assert (found.rule, found.subject) == ("first-90-days-step-due", "plan:first-90-days")
    assert "and 3 more" in found.sentence
    assert found.readers == (LEAD,)
    assert found.magnitude == 29  # since 7 December
    assert found.receipts[0].command == "leadline start"


def test_a_ticked_plan_is_silent_and_so_is_one_that_is_over() -> None:
    done = {step.uid: START for step in plan().steps}
    assert findings(plan=tick(plan(), evidence=PlanEvidence(done=done)), today=START) == []
    rules = [f.rule for f in findings(plan=plan(), today=date(2027, 4, 5))]
    assert rules == ["first-90-days-step-due", "feedback-first-round"]
    rules = [f.rule for f in findings(plan=plan(), today=date(2027, 4, 6))]
    assert rules == ["feedback-first-round"]


def test_the_first_round_of_feedback_names_the_people_and_the_practice() -> None:
    found = findings(plan=plan(), today=date(2027, 4, 6), command="leadline start --on x")[0]
    assert "First feedback for Ana Ruiz (2027-04-05)" in found.sentence
    assert found.subject == "plan:first-feedback"
    assert found.citation is not None
    assert "41:10" in found.citation.source
    assert found.receipts[0].command == "leadline start --on x"
