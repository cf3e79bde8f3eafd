"""Touches in columns: counted and read back commit by commit, written by hand."""

from __future__ import annotations

from array import array

from leadline.practice.knowledge import ADDED, MODIFIED, Touches


def test_touches_are_counted_by_commit_and_read_by_row() -> None:
    touches = Touches(
        author=array("I", [0, 1]),
        at=array("q", [10, 20]),
        first=array("I", [0, 2, 3]),
        kind=array("B", [ADDED, ADDED, MODIFIED]),
        path=array("I", [0, 1, 0]),
        source=array("I", [0, 1, 0]),
    )
    assert len(touches) == 2
    assert list(touches.rows(0)) == [(ADDED, 0, 0), (ADDED, 1, 1)]
    assert list(touches.rows(1)) == [(MODIFIED, 0, 0)]
