"""What is worth reading is chosen by what it touches."""

from __future__ import annotations

from datetime import date

from leadline.practice.recent_changes import Change, ReadingFacts, worth_reading

FACTS = {
    "ranking": ReadingFacts(
        fragile={"query_intent": "those who wrote it are gone"},
        newcomers={"luca@x.example"},
        decides=("features", "evaluation"),
    )
}


def change(
    *paths: str, by: str = "mira@x.example", day: int = 1, repository: str = "ranking"
) -> Change:
    return Change(
        repository=repository, commit=f"{day:040x}", on=date(2026, 11, day), author="Mira",
        email=by, subject="Something", paths=paths,
    )  # fmt: skip


def test_each_reason_is_said() -> None:
    many = tuple(f"query_intent/{n}.py" for n in range(7))
    wide = change(*many, "features/a.py", by="luca@x.example")
    (found,) = worth_reading([wide], facts=FACTS)
    assert found.reasons == (
        "touches query_intent/: those who wrote it are gone",
        "Mira is new: a good hour to say what is good about it",
        "changes what is decided, in features/",
        "touches many files: how things hang together",
    )


def test_a_change_that_touches_nothing_special_is_left_out() -> None:
    plain = change("serving/api.py", "features.py")
    assert worth_reading([plain], facts=FACTS) == ()


def test_ones_own_changes_and_unknown_repositories_are_left_out() -> None:
    mine = change("features/a.py")
    foreign = change("features/a.py", repository="other")
    assert worth_reading([mine, foreign], facts=FACTS, without={"mira@x.example"}) == ()


def test_more_reasons_come_first_then_the_latest_and_at_most_two_of_one_place() -> None:
    old = change("features/a.py", day=2)
    new = change("evaluation/a.py", day=9)
    both = change("query_intent/a.py", "features/a.py", day=1)
    chosen = worth_reading([old, new, both], facts=FACTS)
    assert [one.change for one in chosen] == [both, new]


def test_there_are_never_more_than_asked_for() -> None:
    facts = {f"r{n}": FACTS["ranking"] for n in range(9)}
    changes = [change("features/a.py", repository=name) for name in facts]
    assert len(worth_reading(changes, facts=facts)) == 5
    assert len(worth_reading(changes, facts=facts, most=1)) == 1
