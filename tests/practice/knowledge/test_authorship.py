from __future__ import annotations

from itertools import pairwise
from math import isclose, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.practice.knowledge import knowledge_map
from leadline.practice.knowledge.authorship import degree_of_authorship
from tests.made_history import TODAY, Commit, made_history, made_map

NAMES = ("ana", "bo", "cai")
PATHS = ("a.py", "b.py", "c.py", "d.py")


def authors(commits: list[Commit], path: str) -> list[str]:
    knowledge = made_map(commits)
    file = next(file for file in knowledge.files if file.path == path)
    return [
        knowledge.members[f.contributor].key.split("@")[0] for f in file.familiar if f.author
    ]


@st.composite
def linear_histories(draw: st.DrawFn) -> list[Commit]:
    """One change a commit, on a handful of names that are used again and again."""
    alive: set[str] = set()
    commits: list[Commit] = []
    for number in range(draw(st.integers(1, 25))):
        who = draw(st.sampled_from(NAMES))
        free = sorted(set(PATHS) - alive)
        kinds = ["A"] * bool(free) + ["M", "M", "D"] * bool(alive)
        kinds += ["R"] * bool(free and alive)
        kind = draw(st.sampled_from(kinds))
        if kind == "A":
            row = ("A", draw(st.sampled_from(free)))
        elif kind == "R":
            row = ("R", draw(st.sampled_from(sorted(alive))), draw(st.sampled_from(free)))
        else:
            row = (kind, draw(st.sampled_from(sorted(alive))))
        alive -= {row[1]} if kind in "DR" else set()
        alive |= {row[-1]} if kind != "D" else set()
        commits.append((who, number, [row]))
    return commits


def traced_back(commits: list[Commit], path: str, *, before: int) -> tuple[set[str], list[str]]:
    """Who added a file and who changed it, found by walking backwards from its name."""
    added: set[str] = set()
    changed: list[str] = []
    for number in range(before - 1, -1, -1):
        who, _, ((kind, *names),) = commits[number]
        if kind == "R" and names[0] == path:
            break  # the name belonged to another file before
        if names[-1] != path:
            continue
        if kind == "A":
            added.add(who)
        elif kind == "M":
            changed.append(who)
        elif kind == "R":
            changed.append(who)
            older = traced_back(commits, names[0], before=number)
            added |= older[0]
            changed += older[1]
    return added, changed


@given(linear_histories())
def test_authors_are_those_that_a_brute_force_walk_backwards_finds(
    commits: list[Commit],
) -> None:
    # oracle: the formula of Avelino et al. (2016), evaluated file by file from scratch
    knowledge = made_map(commits)
    for file in knowledge.files:
        added, changed = traced_back(commits, file.path, before=len(commits))
        degree = {
            who: 3.293
            + 1.098 * (who in added)
            + 0.164 * changed.count(who)
            - 0.321 * log(1 + len(changed) - changed.count(who))
            for who in added | set(changed)
        }
        best = max(degree.values())
        expected = {
            who
            for who, value in degree.items()
            if value / best > 0.75 and (value >= 3.293 or who in added)
        }
        names = [knowledge.members[f.contributor].key.split("@")[0] for f in file.familiar]
        assert set(names) == set(degree)
        assert {n for n, f in zip(names, file.familiar, strict=True) if f.author} == expected
        ranked = [degree[name] for name in names]
        assert all(a >= b or isclose(a, b) for a, b in pairwise(ranked))


def test_the_degree_is_the_published_formula() -> None:
    # oracle: by hand, 3.293 + 1.098 + 0.164·5 − 0.321·ln(8)
    degree = degree_of_authorship(added=True, changes=5, changes_by_others=7)
    assert degree == pytest.approx(4.5435, abs=1e-4)


def test_whoever_only_changed_a_file_that_others_keep_changing_is_no_author() -> None:
    commits: list[Commit] = [("ana", 0, [("A", "a.py")]), ("bo", 1, [("M", "a.py")])]
    # by hand: Ana 4.391 − 0.321·ln 2 = 4.168; Bo 3.457, normalised 0.829 → an author too
    assert authors(commits, "a.py") == ["ana", "bo"]
    busy = [*commits, *[("ana", day, [("M", "a.py")]) for day in range(2, 8)]]
    # Ana 5.152, Bo 3.457 − 0.321·ln 7 = 2.832, under 3.293 and under 0.75
    assert authors(busy, "a.py") == ["ana"]


def test_a_first_author_stays_one_below_the_absolute_limit() -> None:
    commits: list[Commit] = [("ana", 0, [("A", "a.py")])]
    commits += [(f"p{n}", n + 1, [("M", "a.py")]) for n in range(40)]
    # by hand: Ana 4.391 − 0.321·ln 41 = 3.199; the others 3.457 − 0.321·ln 40 = 2.273
    assert authors(commits, "a.py") == ["ana"]


def test_a_rename_carries_the_history_and_a_new_file_under_the_old_name_does_not() -> None:
    commits: list[Commit] = [
        ("ana", 0, [("A", "a.py")]),
        ("bo", 1, [("R", "a.py", "lib/b.py")]),
        ("cai", 2, [("A", "a.py")]),
    ]
    assert authors(commits, "lib/b.py") == ["ana", "bo"]
    assert authors(commits, "a.py") == ["cai"]


def test_names_that_are_passed_on_within_one_commit_keep_their_files_apart() -> None:
    commits: list[Commit] = [
        ("ana", 0, [("A", "a.py")]),
        ("bo", 1, [("A", "b.py")]),
        ("cai", 2, [("A", "a.py"), ("R", "a.py", "b.py"), ("R", "b.py", "c.py")]),
    ]
    assert authors(commits, "b.py")[0] == "ana"
    assert authors(commits, "c.py")[0] == "bo"
    assert authors(commits, "a.py") == ["cai"]


def test_a_change_on_a_branch_that_did_not_know_of_the_rename_follows_the_file() -> None:
    commits: list[Commit] = [
        ("ana", 0, [("A", "a.py")]),
        ("ana", 1, [("R", "a.py", "b.py")]),
        *[("bo", day, [("M", "a.py")]) for day in range(2, 9)],
    ]
    knowledge = made_map(commits)
    moved = next(file for file in knowledge.files if file.path == "b.py")
    assert {knowledge.members[f.contributor].key for f in moved.familiar} == {
        "ana@example.com",
        "bo@example.com",
    }


def test_a_file_that_moved_and_was_edited_on_the_way_keeps_its_authors() -> None:
    commits: list[Commit] = [
        ("ana", 0, [("A", "src/one/x.py"), ("A", "src/two/x.py"), ("A", "y.py")]),
        (
            "bo",
            1,
            [
                ("D", "src/one/x.py"),
                ("D", "src/two/x.py"),
                ("A", "lib/one/x.py"),
                ("A", "lib/two/x.py"),
                ("A", "z.py"),
            ],
        ),
    ]
    assert authors(commits, "lib/one/x.py") == ["ana", "bo"]
    assert authors(commits, "lib/two/x.py") == ["ana", "bo"]
    assert authors(commits, "z.py") == ["bo"]


def test_the_same_file_name_in_two_places_is_not_guessed_to_be_one_file() -> None:
    commits: list[Commit] = [
        ("ana", 0, [("A", "one/x.py"), ("A", "two/x.py")]),
        ("bo", 1, [("D", "one/x.py"), ("D", "two/x.py"), ("A", "three/x.py")]),
    ]
    assert authors(commits, "three/x.py") == ["bo"]


def test_a_file_renamed_onto_a_deleted_name_takes_up_that_names_history() -> None:
    commits: list[Commit] = [
        ("ana", 0, [("A", "a.py")]),
        ("ana", 1, [("D", "a.py")]),
        ("bo", 2, [("A", "b.py")]),
        ("bo", 3, [("R", "b.py", "a.py")]),
    ]
    assert set(authors(commits, "a.py")) == {"ana", "bo"}


def test_a_file_added_again_on_another_branch_has_two_first_authors() -> None:
    commits: list[Commit] = [("ana", 0, [("A", "a.py")]), ("bo", 1, [("A", "a.py")])]
    assert set(authors(commits, "a.py")) == {"ana", "bo"}


def test_programs_are_authors_of_nothing_but_their_renames_are_followed() -> None:
    robot = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"
    commits: list[Commit] = [
        ("ana", 0, [("A", "a.py")]),
        (robot, 1, [("R", "a.py", "b.py"), ("A", "c.py"), ("M", "d.py")]),
    ]
    assert authors(commits, "b.py") == ["ana"]
    assert authors(commits, "c.py") == []


def test_a_file_that_the_history_never_names_has_no_authors() -> None:
    history = made_history([("ana", 0, [("A", "a.py")])], files=("a.py", "came-in-a-merge.py"))
    knowledge = knowledge_map(history, today=TODAY)
    assert knowledge.files[1].familiar == ()
