"""Wording of feedback: marks orders, traits, a missing example, a missing question.

It runs where the text is typed and sends nothing anywhere. It never says whether feedback
is right, and it blocks nothing: each remark says why, and what could stand there instead.
English only; other languages get no remarks rather than wrong ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from leadline.findings import Citation

AS_ADVICE = Citation(
    text="Feedback as advice that may be wrong, with an example and room to answer. On average "
    "feedback helps (d = .41), but more than a third of interventions lowered performance, "
    "the more the attention moves to the self.",
    source="Interview with a head of data science, 44:17; Kluger & DeNisi (1996), "
    "Psychological Bulletin 119(2)",
)


class Kind(StrEnum):
    """What a remark is about."""

    ORDER = "order"
    TRAIT = "trait"
    NO_EXAMPLE = "no example"
    NO_QUESTION = "no question"


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Feedback as it is written: when and where, what was done, what it led to, a question."""

    situation: str = ""
    behaviour: str = ""
    impact: str = ""
    question: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """One place that may come across otherwise than meant.

    Attributes
    ----------
    kind : Kind
        What it is about.
    part : str
        The field of `Words` it stands in.
    words : str
        The words it is about; empty where something is missing.
    why : str
        Why it matters, in one sentence.
    instead : str
        What could stand there.
    """

    kind: Kind
    part: str
    words: str
    why: str
    instead: str


_ADDRESSED = r"\byou(?:'d|’d)?\s+"
_ORDERS = (
    rf"{_ADDRESSED}(?:really\s+|just\s+|also\s+)?"
    r"(?:must|should|shouldn['’]t|ought\s+to|have\s+to|need\s+to|better|can['’]t\s+just)\b",
    r"\bi\s+(?:expect|want|need)\s+you\s+to\b",
    r"(?:^|(?<=[.!?;:]\s))\s*(?:please\s+|just\s+)*(?:"
    r"stop|don['’]t|do\s+not|never|always|make\s+sure|be|try|start|learn|improve|get|keep|"
    r"write|read|ask|answer|speak|talk|listen|prepare|send|use|avoid|remember|pay|take|work|"
    r"show|tell|finish|check|fix)\s+\w",
)
_SOFTENERS = (
    r"(?:(?:so|such|too|very|quite|really|rather|often|a|an|the|bit|little|just|not|no|always|"
    r"never|constantly|sometimes|usually|simply|clearly|extremely|pretty|being|kind\s+of|"
    r"sort\s+of)\s+)*"
)
_TRAITS = (
    "lazy|careless|sloppy|messy|chaotic|disorganis?ed|disorganized|unreliable|unprofessional|"
    "immature|negative|aggressive|defensive|arrogant|rude|difficult|stubborn|emotional|moody|"
    "cold|passive|shy|quiet|timid|slow|weak|stupid|incompetent|unmotivated|selfish|bossy|"
    "toxic|brilliant|smart|clever|genius|gifted|talented|amazing|awesome|great|rockstar|"
    "natural|perfectionist|micromanager|team\\s+player|leader|good\\s+communicator|"
    "bad\\s+communicator|hard\\s+worker|people\\s+person|star"
)
_ABOUT_WHO = (
    r"\byou(?:['’]re|['’]ve\s+been|\s+(?:are|were|have\s+been|seem|look|sound|can\s+be|"
    r"tend\s+to\s+be|come\s+across\s+as))"
    rf"\s+{_SOFTENERS}(?:{_TRAITS})\b",
    r"\byou(?:['’]re|\s+are|\s+were)?\s+(?:always|never|constantly)\b",
    r"\byour\s+(?:attitude|personality|character|nature|mindset)\b",
    r"\byou\s+lack\b",
    r"\byou\s+have\s+(?:a|an)\s+(?:\w+\s+)?(?:problem|attitude|issue)\b",
)
_WHEN_OR_WHERE = (
    r"\d",
    r"\b(?:yesterday|today|tonight|this\s+(?:morning|afternoon|week)|last\s+(?:week|month|"
    r"night|sprint|quarter)|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?(?:['’]s)?\b",
    r"\b(?:when|while|during|after|before)\b",
    r"\bin\s+(?:the|our|your|that|this)\s+\w+",
    r"\bat\s+(?:the|our|your|that|this)\s+\w+",
)


def remarks(words: Words) -> tuple[Remark, ...]:
    """Return what a careful reader would mark, in the order of the text.

    Parameters
    ----------
    words : Words
        The four parts; each may be empty while somebody is typing.

    Returns
    -------
    tuple of Remark
        Orders and traits where they stand; a missing example for a situation that says
        neither when nor where; a missing question. Empty is fine, and says no more than
        that nothing was marked.
    """
    return tuple(_remarks(words))


def _remarks(words: Words) -> Iterator[Remark]:
    if words.situation and not _found(_WHEN_OR_WHERE, words.situation):
        yield Remark(
            kind=Kind.NO_EXAMPLE,
            part="situation",
            words=words.situation,
            why="Without a moment that both remember, it reads as a judgement of everything.",
            instead="One moment: which day, which meeting, which change.",
        )
    for part in ("situation", "behaviour", "impact", "question"):
        text = getattr(words, part)
        for found in _found(_ORDERS, text):
            yield Remark(
                kind=Kind.ORDER,
                part=part,
                words=found,
                why="An order leaves no room to think, and you may be wrong.",
                instead="What you saw and what it led to; then ask what they would try.",
            )
        for found in _found(_ABOUT_WHO, text):
            yield Remark(
                kind=Kind.TRAIT,
                part=part,
                words=found,
                why="It speaks of who somebody is, praise included; nobody can act on that.",
                instead="What they did, as a camera would have seen it.",
            )
    if "?" not in words.question:
        yield Remark(
            kind=Kind.NO_QUESTION,
            part="question",
            words="",
            why="Without a question it is a verdict; the other side may know what you do not.",
            instead="“I may be wrong: how did you see it?”",
        )


def _found(patterns: tuple[str, ...], text: str) -> list[str]:
    """Return the passages that match, each once, in the order of the text."""
    places: dict[int, str] = {}
    for pattern in patterns:
        for match in re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE):
            places.setdefault(match.start(), match.group().strip())
    return [places[start] for start in sorted(places)]
