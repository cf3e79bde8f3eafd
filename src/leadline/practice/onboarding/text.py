"""A plan as Markdown, and as a template that anybody can have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from leadline.practice.dates import long_date
from leadline.practice.onboarding.plan import Plan, PlanStep

PHASES = (
    ("Before you start", -1),
    ("Days 0 to 30: meet everyone", 30),
    ("Days 31 to 60: understand each project", 60),
    ("Days 61 to 90: begin with feedback", 97),  # a day 90 at the weekend moves on
    ("Later: people who joined after you", 10_000),
)
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\w")
SOURCE = (
    "A frame, not a law; every step can move. After an interview with a head of data "
    "science (12:52, 41:10)."
)


def phases(plan: Plan) -> Iterator[tuple[str, Sequence[PlanStep]]]:
    """Yield the phases that have steps, each with its steps by day."""
    begin = -10_000
    for title, last in PHASES:
        steps = [s for s in plan.steps if begin < (s.on - plan.start_on).days <= last]
        if steps:
            yield title, steps
        begin = last


def to_markdown(plan: Plan) -> str:
    """Return the plan as Markdown with boxes; names cannot break the layout."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    yield f"# First 90 days, from {long_date(plan.start_on)}"
    if plan.template.about:
        yield from ("", _escaped(plan.template.about))
    for title, steps in phases(plan):
        yield from ("", f"## {title}", "")
        for step in steps:
            box = "x" if step.done_on else " "
            yield f"- [{box}] **{long_date(step.on)}** {_escaped(step.title)}"
            if step.done_on:
                yield f"  Done on {long_date(step.done_on)}."
            elif step.description:
                yield f"  {_escaped(step.description)}"
    yield from ("", SOURCE)


def _escaped(text: str) -> str:
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", one_line)


def export_template(plan: Plan) -> str:
    """Return the plan's template as TOML without any name, with the days as they are now.

    Steps that were moved take their new days along. What somebody wrote into a template
    of their own loses the people file's names, the projects' names and every address.
    """
    template = plan.template
    lines = [
        f"name = {_quoted(_nameless(template.name, plan))}",
        f"about = {_quoted(_nameless(template.about, plan))}",
    ]
    for step in template.steps:
        days = [
            (made.on - plan.start_on) // timedelta(days=1)
            for made in plan.steps
            if made.template_id == step.id
        ] or [step.first_day, step.last_day]
        lines += [
            "",
            "[[step]]",
            f"id = {_quoted(_nameless(step.id, plan))}",
            *([f"each = {_quoted(step.each)}"] if step.each else []),
            *([f"evidence = {_quoted(step.evidence)}"] if step.evidence else []),
            *([f"from = {min(days)}", f"until = {max(days)}"] if step.each else []),
            *([] if step.each else [f"day = {days[0]}"]),
            f"title = {_quoted(_nameless(step.title, plan))}",
            f"text = {_quoted(_nameless(step.text, plan))}",
        ]
    return "\n".join(lines) + "\n"


def _nameless(text: str, plan: Plan) -> str:
    """Replace names: whole ones in any case, first and last ones as they are written."""
    text = ADDRESS.sub("a colleague", text)
    for names, stand_in in ((plan.names, "a colleague"), (plan.project_names, "a project")):
        for name in names:
            text = re.sub(_whole(name), stand_in, text, flags=re.IGNORECASE)
    for part in {part for name in plan.names for part in _parts(name)}:
        text = re.sub(_whole(part), "a colleague", text)
    return text


def _whole(name: str) -> str:
    """Match a name as a word of its own, and never inside {person}."""
    return rf"(?<![\w{{]){re.escape(name)}(?![\w}}])"


def _parts(name: str) -> list[str]:
    """First and last names alone, where they are longer than an initial."""
    return [part for part in name.split() if len(part.strip(".")) > 1 and part[0].isupper()]


def _quoted(text: str) -> str:
    """Write a TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
