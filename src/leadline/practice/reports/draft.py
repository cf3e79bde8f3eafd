"""A draft: sections of sentences, each with its receipt, and how it reads as Markdown."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from leadline.findings import Receipt, one_line

_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence of a draft.

    Attributes
    ----------
    text : str
        True by its receipt, or a question that only a human can answer.
    receipt : Receipt or None
        None for a question: nothing is claimed.
    """

    text: str
    receipt: Receipt | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", one_line(self.text))
        if self.receipt is None and not self.text.endswith("?"):
            raise ValueError(f"a sentence without a receipt is a question, got {self.text!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A heading with its sentences.

    Attributes
    ----------
    title : str
        The heading.
    sentences : tuple of Sentence
        In the order to read them.
    nothing : str
        What to say where there is none.
    """

    title: str
    sentences: tuple[Sentence, ...]
    nothing: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A report or a proposal before anybody edited it.

    Attributes
    ----------
    title : str
        What it is.
    as_of : date
        The day it was drafted for.
    sections : tuple of Section
        In order.
    """

    title: str
    as_of: date
    sections: tuple[Section, ...]

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """Every receipt once, in the order of the sentences."""
        found = (
            sentence.receipt for section in self.sections for sentence in section.sentences
        )
        return tuple(dict.fromkeys(receipt for receipt in found if receipt))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {**asdict(self), "markdown": as_markdown(self)}


def as_markdown(draft: Draft) -> str:
    """Return a draft as Markdown: receipts are footnotes, what sources wrote is escaped."""
    numbers = {receipt: number for number, receipt in enumerate(draft.receipts, start=1)}
    parts = [f"# {_escaped(draft.title)}"]
    for section in draft.sections:
        if section.sentences or section.nothing:
            lines = [f"- {_line(one, numbers)}" for one in section.sentences]
            parts += [f"## {_escaped(section.title)}", "\n".join(lines) or section.nothing]
    notes = [f"[^{number}]: {_note(receipt)}" for receipt, number in numbers.items()]
    parts.append("\n".join(notes))
    return "\n\n".join(part for part in parts if part) + "\n"


def _line(sentence: Sentence, numbers: dict[Receipt, int]) -> str:
    if sentence.receipt is None:
        return f"*{_escaped(sentence.text)}*"
    return f"{_escaped(sentence.text)}[^{numbers[sentence.receipt]}]"


def _note(receipt: Receipt) -> str:
    where = _escaped(f"{receipt.source}: {receipt.place}, read for {receipt.as_of}")
    return f"{where}; `{receipt.command.replace('`', '')}`"


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it stands, whatever a source wrote."""
    return _MARKUP.sub(r"\\\1", text)
