"""Writes `docs/reference/` from the code: `make docs`, or `python -m docs.reference`.

Nothing in that folder is edited by hand; a test fails when it is not what this writes.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from docs.commands import command_lines, plain
from docs.council import council_lines
from docs.probation_law import law_lines
from docs.settings import setting_lines
from leadline import errors

FOLDER = Path(__file__).parent / "reference"
GENERATED = "<!-- Written by `make docs` from the code. Change the code, not this page. -->"


def pages() -> dict[str, str]:
    """Return every page of the reference: file name → text."""
    return {
        "commands.md": _page("Commands", command_lines()),
        "errors.md": _page("Errors and exit codes", _error_lines()),
        "probation-law.md": _page("Probation law", law_lines()),
        "people-data.md": _page("What is held about people", council_lines()),
        "settings.md": _page("leadline.toml", setting_lines()),
    }


def write(folder: Path = FOLDER) -> None:
    """Write the pages, and remove what is no page any more."""
    folder.mkdir(exist_ok=True)
    current = pages()
    for path in folder.glob("*.md"):
        if path.name not in current:
            path.unlink()
    for name, text in current.items():
        (folder / name).write_text(text, encoding="utf-8")


def _page(title: str, lines: Iterator[str]) -> str:
    return "\n".join([GENERATED, "", f"# {title}", "", *lines]).rstrip() + "\n"


def _error_lines() -> Iterator[str]:
    yield "A user's mistake ends in one message and never in a stack trace. A message says"
    yield "what was given, what is allowed and what to do next. In Python, every error below"
    yield "is a `LeadlineError` and carries the same message."
    yield ""
    yield "| exit code | meaning |"
    yield "| --- | --- |"
    yield "| 0 | done |"
    yield "| 1 | the answer is no: a check failed |"
    yield "| 2 | the input or a setting cannot be used |"
    yield "| 3 | a source did not answer, or could not be read |"
    yield "| 130 | interrupted |"
    yield ""
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.LeadlineError):
            yield f"## {name}"
            yield ""
            yield plain(kind.__doc__, first=True)
            yield ""
            yield f"Exit code {kind.exit_code}."
            yield ""


if __name__ == "__main__":
    write()
