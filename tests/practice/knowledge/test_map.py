from __future__ import annotations

from datetime import date

import pytest

from leadline.errors import InputError
from leadline.practice.knowledge import (
    HERE,
    LEFT,
    NONE,
    ONE,
    QUIET,
    SHARED,
    UNKNOWN,
    UNLISTED,
    as_plain,
    at_risk,
    gaps,
    knowledge_map,
    lost_without,
    successors,
)
from leadline.practice.people import Person
from tests.made_history import TODAY, Commit, day, made_history, made_map

ANA = Person(name="Ana Example", emails=("ana@example.com",), ends_on=date(2026, 3, 1))
BO = Person(name="Bo Example", emails=("bo@example.com",), ends_on=date(2026, 7, 1))
CAI = Person(name="Cai Example", emails=("cai@example.com",))
TEAM = (ANA, BO, CAI)

COMMITS: list[Commit] = [
    ("ana", 0, [("A", f"old/{n}.py") for n in range(4)]),
    ("bo", 10, [("A", f"api/{n}.py") for n in range(4)]),
    ("cai", 20, [("A", f"web/{n}.py") for n in range(4)]),
    ("bo", 30, [("A", f"web/pages/{n}.py") for n in range(5)]),
    ("cai", 40, [("M", "old/3.py")]),
    ("bo", 50, [("M", f"web/{n}.py") for n in range(4)]),
]


def states(knowledge: object, **options: int) -> dict[str, str]:
    return {area.path: area.state for area in knowledge.areas(**options)}  # type: ignore[attr-defined]


def test_each_folder_is_shared_or_one_persons_or_nobodys() -> None:
    knowledge = made_map(COMMITS, people=TEAM)
    # by hand: Ana left, of old/ Cai is an author of one file in four; api/ is Bo's alone;
    # web/ has both on four files and Bo on five more, so without Bo 4 of 9 are left
    assert states(knowledge, depth=2) == {
        "api": ONE,
        "old": NONE,
        "web": ONE,
        "web/pages": ONE,
    }
    web = knowledge.area("web")
    assert web.owner is not None
    assert web.owner.name == "Bo Example"
    assert [member.name for member in web.here] == ["Bo Example", "Cai Example"]
    old = knowledge.area("old")
    assert [member.name for member in old.gone] == ["Ana Example"]
    assert (old.last_on, old.last_by and old.last_by.name) == (day(40), "Cai Example")


def test_a_folder_that_two_wrote_together_is_shared() -> None:
    both: list[Commit] = [
        ("bo", 0, [("A", "x/1.py"), ("A", "x/2.py")]),
        ("cai", 1, [("M", "x/1.py"), ("M", "x/2.py")]),
    ]
    assert made_map(both, people=TEAM).area("x").state == SHARED


def test_a_single_file_is_an_area() -> None:
    knowledge = made_map(COMMITS, people=TEAM)
    assert knowledge.area("old/3.py").state == ONE
    assert knowledge.area("/web/").path == "web"
    with pytest.raises(InputError, match="ranking has no file or folder 'nothing'"):
        knowledge.area("nothing")


def test_where_the_history_names_no_author_the_state_is_unknown() -> None:
    history = made_history([], files=("a.py",))
    assert knowledge_map(history, today=TODAY).area().state == UNKNOWN


def test_presence_comes_from_the_people_file_else_from_the_last_day_seen() -> None:
    commits: list[Commit] = [
        *COMMITS,
        ("dee", -400, [("A", "d.py")]),
        ("eli", 1, [("A", "e.py")]),
    ]
    presence = {m.name[:3]: m.presence for m in made_map(commits, people=TEAM).members}
    assert presence == {"Ana": LEFT, "Bo ": HERE, "Cai": HERE, "Dee": QUIET, "Eli": UNLISTED}


def test_days_in_the_future_and_before_1970_are_said_and_kept_out() -> None:
    commits: list[Commit] = [("ana", 9_999, [("A", "a.py")]), ("bo", -99_999, [("A", "b.py")])]
    knowledge = made_map(commits)
    assert knowledge.last_on == TODAY
    assert knowledge.area("a.py").last_on == TODAY
    assert knowledge.area("b.py").last_on == date(1970, 1, 1)
    assert [note.split(" are dated ")[1] for note in knowledge.notes] == [
        f"after {TODAY}; they count as of that day.",
        "1970 or before; when they were made is unknown.",
    ]


def test_successors_are_authors_then_recent_changers_then_neighbours() -> None:
    commits: list[Commit] = [
        *COMMITS,
        ("cai", 60, [("M", "api/0.py")]),
        *[("bo", 61 + n, [("M", "api/0.py")]) for n in range(9)],
        ("eli", 60, [("A", "api.md")]),
    ]
    knowledge = made_map(commits, people=TEAM, today=date(2026, 5, 1))
    found = [(s.member.name, s.reason) for s in successors(knowledge, "api")]
    assert found == [
        ("Bo Example", "author of api/0.py"),
        ("Cai Example", f"changed api/0.py on {day(60)}"),
        ("Eli Example", "author of api.md, in the same repository"),
    ]
    without = successors(knowledge, "api", without=["BO@example.com"], limit=1)
    assert [s.member.name for s in without] == ["Cai Example"]


def test_a_lead_is_told_where_they_never_were() -> None:
    knowledge = made_map(COMMITS, people=TEAM)
    assert [area.path for area in gaps(knowledge, lead="cai@example.com")] == ["api"]
    assert [a.path for a in gaps(knowledge, lead="new@example.com")] == ["api", "old", "web"]
    quiet = made_map(COMMITS, people=TEAM, recent_days=1)
    assert gaps(quiet, lead="cai@example.com") == ()


def test_a_leave_shows_what_nobody_could_answer_for() -> None:
    knowledge = made_map(COMMITS, people=TEAM)
    lost = lost_without(knowledge, ["bo@example.com"], depth=2)
    assert [area.path for area in lost] == [""]
    fewer = made_map(
        [*COMMITS, ("cai", 60, [("A", f"{n}.py") for n in range(30)])], people=TEAM
    )
    assert [a.path for a in lost_without(fewer, ["bo@example.com"], depth=2)] == ["api", "web"]
    assert lost_without(fewer, []) == ()
    empty = knowledge_map(made_history([]), today=TODAY)
    assert lost_without(empty, ["bo@example.com"]) == ()
    assert at_risk(empty) == ()


def test_what_is_at_risk_names_no_part_of_an_area_twice() -> None:
    knowledge = made_map(COMMITS, people=TEAM)
    assert [(a.path, a.state) for a in at_risk(knowledge, depth=2)] == [
        ("", ONE),
        ("old", NONE),
    ]


def test_the_plain_form_has_names_dates_and_places_and_no_numbers_about_people() -> None:
    knowledge = made_map(COMMITS, people=TEAM)
    plain = as_plain(knowledge, path="web", lead="ana@example.com", without=["bo@example.com"])
    assert [area["path"] for area in plain["areas"]] == ["web", "web/pages"]
    assert plain["areas"][0]["here"] == ["Cai Example"]
    assert plain["gaps"] == ["api", "web", "web/pages"]
    assert plain["lost_without"] == [""]
    numbers = {key for key, value in _leaves(plain) if isinstance(value, int | float)}
    assert numbers == {"number"}  # of the truck factor, which is about the repository
    assert as_plain(knowledge_map(made_history([]), today=TODAY))["areas"] == []


def test_the_plain_form_asks_about_people_who_may_be_one_and_lists_programs() -> None:
    commits: list[Commit] = [
        ("Mira Lund <mira@x.org>", 0, [("A", "a.py")]),
        ("mira <mira@y.org>", 1, [("M", "a.py")]),
        ("Mira Lund <lund@z.org>", 2, [("M", "a.py")]),
        ("ci <ci@x.org>", 3, [("M", "a.py")]),
    ]
    plain = as_plain(made_map(commits))
    assert plain["joined"] == {"Mira Lund": ["same full name “mira lund”"]}
    assert plain["suggested_merges"] == [
        {
            "first": {"name": "Mira Lund", "email": "mira@x.org"},
            "second": {"name": "mira", "email": "mira@y.org"},
            "reason": "the same mailbox name",
        }
    ]
    assert plain["left_out"] == [{"name": "ci", "email": "ci@x.org"}]


def _leaves(value: object, key: str = "") -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [leaf for name, entry in value.items() for leaf in _leaves(entry, name)]
    if isinstance(value, list):
        return [leaf for entry in value for leaf in _leaves(entry, key)]
    return [(key, value)]
