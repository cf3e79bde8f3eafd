"""The brief to forward: Markdown, and one self-contained HTML page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from django.template import Context, Engine

from leadline.cli.brief_text import age, in_words, long_day, receipt_text, silence
from leadline.practice.dates import long_date

if TYPE_CHECKING:
    from leadline.records.actions.brief import Brief

TEMPLATES = Path(__file__).with_name("templates")


def brief_html(brief: Brief) -> str:
    """Return the brief as one HTML page that loads nothing from anywhere."""
    template = Engine(dirs=[str(TEMPLATES)]).get_template("brief.html")
    sources = [{"state": source, "age": age(source.read_at)} for source in brief.looked_at]
    return template.render(
        Context(
            {
                "brief": brief,
                "day": long_day(brief),
                "lines": [in_words(found) for found in brief.choice.lines],
                "silence": silence(brief),
                "sources": sources,
            }
        )
    )


def brief_markdown(brief: Brief) -> str:
    """Return the brief as Markdown; text from sources is escaped."""
    blocks = [f"# {escape(brief.lead)}'s brief · {long_day(brief)}"]
    blocks += [
        f"**NOT READ: {escape(f'{source.kind} {source.name}')}**: {escape(source.failure)}"
        for source in brief.failed
    ]
    if not brief.choice.lines:
        blocks.append(escape(silence(brief)))
    for number, found in enumerate(map(in_words, brief.choice.lines), start=1):
        due = f" **by {long_date(found.due_on)}**" if found.due_on else ""
        rows = [f"{number}. {escape(found.sentence)}{due}", f"   *{escape(found.question)}*"]
        rows += [f"   - {escape(receipt_text(receipt))}" for receipt in found.receipts]
        if found.citation:
            rows.append(f"   - {escape(f'{found.citation.text} ({found.citation.source})')}")
        blocks.append("  \n".join(rows[:2]) + "\n" + "\n".join(rows[2:]))
    looked = [
        f"- {escape(f'{source.kind} {source.name}: {source.summary} ({age(source.read_at)})')}"
        for source in brief.looked_at
        if source.read_at
    ]
    looked += [f"- {escape(missing)}" for missing in brief.missing]
    blocks.append("## Looked at\n\n" + "\n".join(looked))
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))
