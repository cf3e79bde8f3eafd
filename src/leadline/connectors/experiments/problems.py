"""What is wrong with a table, named with its count and an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProblemKind = Literal[
    "missing",
    "infinite",
    "absurd",
    "duplicates",
    "two arms",
    "arms alike",
    "total as arm",
    "no arm",
    "outcome before exposure",
    "unreadable",
    "window not over",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class DataProblem:
    """One thing that is wrong with the rows of a table.

    Attributes
    ----------
    kind : str
        Its stable name.
    count : int
        How many units or rows.
    example : str
        One of them, as the table writes it.
    sentence : str
        What it is and why it matters.
    blocks : bool
        Whether a verdict must wait until it is mended.
    experiment : str
        Empty where it concerns the whole table.
    """

    kind: ProblemKind
    count: int
    example: str
    sentence: str
    blocks: bool
    experiment: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} ({self.count:,}, e.g. {self.example})"
