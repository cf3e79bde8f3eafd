from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.connectors.git import read_history
from leadline.practice.knowledge import knowledge_map
from leadline.practice.knowledge.truck_factor import key_authors
from tests.made_history import TODAY, Commit, made_history, made_map


def removed_one_by_one(files: list[set[int]]) -> list[int]:
    """The published procedure, word for word: count again after every removal."""
    people = {name for names in files for name in names}
    gone: list[int] = []
    while people:
        covered = [names for names in files if names & people]
        if len(covered) / len(files) < 0.5:
            break
        top = max(sorted(people), key=lambda name: sum(name in names for names in files))
        people.discard(top)
        gone.append(top)
    return gone


@given(st.lists(st.sets(st.integers(0, 6), max_size=3), max_size=25))
def test_the_greedy_removal_is_the_published_procedure(files: list[set[int]]) -> None:
    assert list(key_authors(files)) == removed_one_by_one(files)  # oracle: written out plainly


@given(st.lists(st.sets(st.integers(0, 6), max_size=3), max_size=25), st.randoms())
def test_the_order_of_files_does_not_matter(files: list[set[int]], rng: object) -> None:
    shuffled = list(files)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert key_authors(files) == key_authors(shuffled)


def test_three_people_with_a_third_each_have_a_truck_factor_of_two() -> None:
    commits: list[Commit] = [
        (who, 0, [("A", f"{who}{n}.py")]) for who in ("ana", "bo", "cai") for n in range(4)
    ]
    factor = made_map(commits).truck_factor
    # by hand: without one 8 of 12 are covered, without two 4 of 12
    assert (factor.number, [m.name for m in factor.key_people]) == (
        2,
        ["Ana Example", "Bo Example"],
    )
    assert "degree of authorship" in factor.algorithm
    assert factor.files == "source files"


def test_only_source_files_count_where_there_are_any() -> None:
    commits: list[Commit] = [
        ("ana", 0, [("A", "a.py")]),
        ("bo", 1, [("A", f"docs/{n}.md") for n in range(9)]),
        ("cai", 2, [("A", f"node_modules/{n}.js") for n in range(9)]),
    ]
    assert [m.key for m in made_map(commits).truck_factor.key_people] == ["ana@example.com"]
    notes = made_map([commits[1]]).truck_factor
    assert (notes.number, notes.files) == (1, "all files: none is recognised as source")


def test_the_second_opinion_may_disagree() -> None:
    commits: list[Commit] = [("ana", 0, [("A", f"{n}.py") for n in range(3)])]
    commits += [("bo", day, [("M", f"{n}.py") for n in range(3)]) for day in (1, 2)]
    knowledge = made_map(commits)
    # Both are authors of every file (Ana 4.391 − 0.321·ln 3, Bo 3.621), so it takes both to
    # leave; by main changer Bo alone has them all.
    assert [m.key[:3] for m in knowledge.truck_factor.key_people] == ["ana", "bo@"]
    assert [m.key[:3] for m in knowledge.second_opinion.key_people] == ["bo@"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"cut": True}, "cut (a shallow clone)"),
        ({"files": ()}, "no files"),
        ({"files": ("a.py", "x.py", "y.py")}, "fewer than half of the files have an author"),
    ],
)
def test_where_it_is_undefined_it_says_why(options: dict[str, object], reason: str) -> None:
    history = made_history([("ana", 0, [("A", "a.py")])], **options)
    factor = knowledge_map(history, today=TODAY).truck_factor
    assert (factor.number, factor.key_people) == (None, ())
    assert reason in factor.reason


def test_a_joined_identity_lowers_the_number() -> None:
    commits: list[Commit] = [
        ("Ana Example <ana@one.org>", 0, [("A", "a.py"), ("A", "b.py")]),
        ("Ana Example <ana@two.org>", 0, [("A", "c.py"), ("A", "d.py")]),
    ]
    assert made_map(commits).truck_factor.number == 1
    assert made_map(commits).members[0].contributor.emails == ("ana@two.org", "ana@one.org")


@pytest.mark.parametrize(
    ("name", "maintainer"), [("datasette", "User 9"), ("healthchecks", "User 0")]
)
def test_two_real_projects_of_one_maintainer_have_a_truck_factor_of_one(
    name: str, maintainer: str, shared_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)
    unpacked = gzip.decompress((shared_data / "histories" / f"{name}.fi.gz").read_bytes())
    subprocess.run(
        ["git", "-C", str(path), "fast-import", "--quiet"], input=unpacked, check=True
    )
    knowledge = knowledge_map(read_history(path), today=TODAY)
    # oracle: PyPI truckfactor 0.3.2 on the same repositories: 1, "User 9" and "User 0"
    assert [member.name for member in knowledge.truck_factor.key_people] == [maintainer]
    assert [member.name for member in knowledge.second_opinion.key_people] == [maintainer]
