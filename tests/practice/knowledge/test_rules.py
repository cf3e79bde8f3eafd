from __future__ import annotations

from datetime import date

import pytest

from leadline.findings import LEAD, TEAM
from leadline.practice.critical_path import critical_path
from leadline.practice.knowledge import findings, knowledge_map
from leadline.practice.people import Person
from tests.made_history import TODAY, Commit, made_history, made_map

ANA = Person(name="Ana Example", emails=("ana@example.com",))
BO = Person(name="Bo Example", emails=("bo@example.com",))
CAI = Person(name="Cai Example", emails=("cai@example.com",))
GONE = Person(name="Eli Example", emails=("eli@example.com",), ends_on=date(2026, 2, 1))
TEAM_OF_FOUR = (ANA, BO, CAI, GONE)

COMMITS: list[Commit] = [
    ("ana", 0, [("A", f"api/{n}.py") for n in range(4)]),
    ("bo", 1, [("A", f"web/{n}.py") for n in range(4)]),
    ("cai", 2, [("A", f"jobs/{n}.py") for n in range(4)]),
    ("eli", 3, [("A", f"old/{n}.py") for n in range(3)]),
    ("cai", 4, [("A", "tiny/a.py")]),
    ("cai", 100, [("M", "old/0.py")]),
]


def leaving(on: date) -> tuple[Person, ...]:
    bo = Person(name=BO.name, emails=BO.emails, ends_on=on)
    return (ANA, bo, CAI, GONE)


def test_one_finding_an_area_that_hangs_on_one_person_or_nobody() -> None:
    found = findings(made_map(COMMITS, people=TEAM_OF_FOUR))
    assert [(f.rule, f.subject) for f in found] == [
        ("one-living-owner", "area:ranking/api"),
        ("one-living-owner", "area:ranking/jobs"),
        ("no-living-owner", "area:ranking/old"),
        ("one-living-owner", "area:ranking/web"),
    ]
    api, _, old, _ = found
    assert api.sentence == (
        "Without Ana Example under half of the 4 files in api/ in ranking would have an author "
        "who is here."
    )
    assert api.readers == (LEAD, "ana@example.com")
    assert "(Eli Example) are gone" in old.sentence
    assert old.readers == (TEAM,)
    assert old.question == "Could Cai Example (author of old/0.py) learn it next?"
    assert old.worth > api.worth  # nobody left counts more than one left


def test_every_receipt_says_how_to_get_the_same_again() -> None:
    found = findings(made_map(COMMITS, people=TEAM_OF_FOUR), people_file="the team.csv")
    assert found[0].receipts[0].command == (
        "leadline knowledge /srv/ranking --area api --people 'the team.csv' --today 2026-06-01"
    )
    assert found[0].receipts[0].place == "ranking@0123456789:api"


def test_what_only_a_leaver_knows_is_said_once_with_their_last_day() -> None:
    found = findings(made_map(COMMITS, people=leaving(date(2026, 7, 1))))
    handover = found[0]
    assert (handover.rule, handover.subject) == (
        "handover-before-leave",
        "person:bo@example.com",
    )
    assert handover.due_on == date(2026, 7, 1)
    assert "web/ (ranking)" in handover.sentence
    assert handover.question == (
        "Could Cai Example (author of old/0.py, in the same repository) learn it next?"
    )
    assert "area:ranking/web" not in {f.subject for f in found}


@pytest.mark.parametrize("on", [date(2026, 12, 1), date(2026, 5, 1)])
def test_a_last_day_far_ahead_or_past_is_no_handover(on: date) -> None:
    rules = {f.rule for f in findings(made_map(COMMITS, people=leaving(on)))}
    assert "handover-before-leave" not in rules


def test_a_leaver_who_is_not_alone_in_anything_needs_no_line() -> None:
    shared: list[Commit] = [
        ("bo", 0, [("A", f"{n}.py") for n in range(4)]),
        ("ana", 1, [("M", f"{n}.py") for n in range(4)]),
    ]
    assert findings(made_map(shared, people=leaving(date(2026, 7, 1)))) == ()


def test_a_whole_repository_of_one_person_is_one_line() -> None:
    alone: list[Commit] = [("ana", 0, [("A", f"{d}/{n}.py") for d in "xy" for n in range(4)])]
    (finding,) = findings(made_map(alone))
    assert finding.subject == "area:ranking"
    assert "8 files in ranking would" in finding.sentence
    assert finding.question == "Who could Ana Example show it to?"
    assert findings(made_map(alone), lead="ana@example.com") == ()  # critical_path says it


def test_what_nobody_left_knows_and_nobody_touched_asks_whether_it_is_needed() -> None:
    (finding,) = findings(made_map([("eli", -500, [("A", f"{n}.py") for n in range(3)])]))
    assert finding.question == "Does anybody still need it?"
    (last,) = findings(made_map([("bo", 0, [("A", "x.py")])], people=leaving(date(2026, 6, 9))))
    assert last.question == "Who should sit with them before then?"
    assert "in all of it (ranking)" in last.sentence


def test_the_lead_alone_on_something_active_is_told_so() -> None:
    (finding,) = critical_path(made_map(COMMITS, people=TEAM_OF_FOUR), lead="Ana@example.com")
    assert finding.rule == "lead-on-critical-path"
    assert finding.sentence == (
        "Ana Example (you) is the one author still here of most of api/ in ranking."
    )
    assert finding.readers == (LEAD,)
    assert finding.question == "Could Cai Example take the next change there?"


def test_a_lead_who_alone_still_changes_what_others_wrote_is_told_so() -> None:
    commits: list[Commit] = [
        ("bo", -300, [("A", f"api/{n}.py") for n in range(4)]),
        ("cai", -299, [("M", f"api/{n}.py") for n in range(4)]),
        ("cai", 90, [("A", f"{n}.md") for n in range(3)]),
        ("ana", 100, [("M", "api/0.py")]),
    ]
    (finding,) = critical_path(made_map(commits, people=TEAM_OF_FOUR), lead="ana@example.com")
    assert finding.sentence == (
        "Ana Example (you) has been the only one to change api/ since 2025-12-03 in ranking."
    )


def test_a_whole_repository_on_the_lead_is_one_line_without_its_name_twice() -> None:
    alone: list[Commit] = [("ana", 100, [("A", f"x/{n}.py") for n in range(4)])]
    (finding,) = critical_path(made_map(alone), lead="ana@example.com")
    assert finding.sentence == (
        "Ana Example (you) is the one author still here of most of ranking."
    )
    assert finding.question == "Who could take the next change there, with you beside them?"


def test_a_lead_who_is_nowhere_alone_or_unknown_hears_nothing() -> None:
    knowledge = made_map(COMMITS, people=TEAM_OF_FOUR)
    assert critical_path(knowledge, lead="new@example.com") == ()
    assert critical_path(knowledge, lead="eli@example.com") == ()
    quiet = made_map(COMMITS, people=TEAM_OF_FOUR, recent_days=1)
    assert critical_path(quiet, lead="ana@example.com") == ()
    assert critical_path(knowledge_map(made_history([]), today=TODAY), lead="a@x.org") == ()
