"""The frame of a page that can be forwarded: one file, nothing loaded, light and dark."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from leadline.charts.experiments_svg import to_picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STATES = frozenset(["failed", "passed", "unclear"])
"""Results of checks, as cells say them."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1d2733; --soft: #5c6875;
  --line: #dde3e9; --card: #f5f7f9; --ship: #1a7f5a; --stop: #b3362a; --wait: #9a5b00;
  --tell: #5c6875; }
@media (prefers-color-scheme: dark) { :root { --paper: #161b21; --ink: #e8edf2;
  --soft: #a3afbb; --line: #36414d; --card: #1f262e; --ship: #57c49a; --stop: #ef8a7f;
  --wait: #f0ad4e; --tell: #a3afbb; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 50rem; background: var(--paper);
  color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.55rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
p { margin: .4rem 0; } .soft, figcaption, footer { color: var(--soft); font-size: .875rem; }
.verdict { margin: 1.25rem 0; padding: 1rem 1.25rem; background: var(--card);
  border-left: .4rem solid var(--tell); border-radius: .35rem; }
.verdict strong { display: block; font-size: 1.35rem; letter-spacing: .01em; }
.ship { border-color: var(--ship); } .ship strong { color: var(--ship); }
.stop { border-color: var(--stop); } .stop strong { color: var(--stop); }
.extend { border-color: var(--wait); } .extend strong { color: var(--wait); }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr));
  gap: .75rem; margin: 1rem 0; }
.numbers div { background: var(--card); border-radius: .35rem; padding: .6rem .8rem; }
.numbers b { display: block; font-size: 1.3rem; } .numbers span { color: var(--soft);
  font-size: .85rem; }
figure { margin: .75rem 0; } figure img { max-width: 100%; height: auto; }
.verdict ul { margin: .2rem 0 0; padding-left: 1.1rem; }
td.day { white-space: nowrap; } td.failed { color: var(--stop); font-weight: 600; }
td.unclear { color: var(--wait); font-weight: 600; } td.passed { color: var(--ship); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem;
  font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th { color: var(--soft); font-weight: 600; } details { margin: .4rem 0; }
summary { cursor: pointer; color: var(--soft); font-size: .875rem; }
ul { padding-left: 1.2rem; } footer { margin-top: 2.5rem; border-top: 1px solid var(--line);
  padding-top: .75rem; }
"""


def page(title: str, body: str) -> str:
    """Return a whole page around a body."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; where it is wider than the page it scrolls by itself, by keyboard too."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="Table">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    """Return a cell; days stay on one line, and a check's result has its colour."""
    style = text if text in STATES else "day" if _DAY.fullmatch(text) else ""
    opened = f'<td class="{style}">' if style else "<td>"
    return f"{opened}{escape(text)}</td>"


def figure(
    chart: Any,
    *,
    alt_text: str,
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> str:
    """Return a chart with its unit, n and source, and its numbers in a table below."""
    return (
        f"<figure>{to_picture(chart, alt_text=alt_text)}"
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        "<details><summary>The numbers of this picture</summary>"
        f"{table(header, rows)}</details>"
    )


def numbers(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a row of figures with what they mean."""
    cells = "".join(
        f"<div><b>{escape(value)}</b><span>{escape(label)}</span></div>"
        for value, label in pairs
    )
    return f'<div class="numbers">{cells}</div>'


def section(title: str, *parts: str) -> str:
    """Return a section; nothing at all where it would be empty."""
    inner = "".join(parts)
    return f"<section><h2>{escape(title)}</h2>{inner}</section>" if inner else ""


def paragraph(text: str, *, style: str = "") -> str:
    """Return a paragraph."""
    return f'<p class="{style}">{escape(text)}</p>' if style else f"<p>{escape(text)}</p>"


def bullets(lines: Iterable[str]) -> str:
    """Return a list, `commands` in it set apart; nothing where there are no lines."""
    shown = (re.sub("`([^`]+)`", r"<code>\1</code>", escape(line)) for line in lines)
    items = "".join(f"<li>{line}</li>" for line in shown)
    return f"<ul>{items}</ul>" if items else ""


def footer(*, place: str, as_of: str, command: str) -> str:
    """Return where the numbers come from, and how to get them again."""
    return (
        f"<footer>Source: {escape(place)}, read on {escape(as_of)}. Again: "
        f"<code>{escape(command)}</code></footer>"
    )
