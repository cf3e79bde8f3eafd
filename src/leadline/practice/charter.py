"""A project's charter: six lines that its owner keeps beside the code.

User, decision, today's handling, metric, smallest worthwhile gain, what must not happen.
Every gain is measured against what the charter says; a project without a user is flagged.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields

from leadline.errors import InputError

FILE_NAME = "charter.toml"
LONGEST = 400
"""Characters that a line may have: a charter is read in a minute."""

MEANING = {
    "user": "who benefits, other than the team",
    "decision": "what is decided for them, or helps them to decide",
    "today": "how it is handled today, without the project",
    "metric": "the number that tells whether it helps",
    "worthwhile": "the smallest gain that is worth the work",
    "must_not": "what must not happen on the way",
}
"""Each line of a charter, with what it answers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Charter:
    """Six lines; empty where nobody has said it yet.

    Attributes
    ----------
    user, decision, today, metric, worthwhile, must_not : str
        As `MEANING` says.
    """

    user: str = ""
    decision: str = ""
    today: str = ""
    metric: str = ""
    worthwhile: str = ""
    must_not: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The lines that are empty, in order."""
        return tuple(one.name for one in fields(self) if not getattr(self, one.name))

    @property
    def lines(self) -> tuple[tuple[str, str, str], ...]:
        """Each line as its key, what it answers, and what it says."""
        return tuple((key, meaning, getattr(self, key)) for key, meaning in MEANING.items())


def read_charter(text: str) -> Charter:
    """Read a `charter.toml`.

    Parameters
    ----------
    text : str
        The file's text: one string a line, by the keys of `MEANING`.

    Returns
    -------
    Charter
        With white space taken off; a missing key is an empty line.

    Raises
    ------
    InputError
        Not TOML, an unknown key, a value that is no text or too long.
    """
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{FILE_NAME} is not valid TOML: {error}") from None
    for key, value in plain.items():
        if key not in MEANING:
            raise InputError(
                f"{FILE_NAME} has an unknown key {key!r}",
                hint=f"Allowed are: {', '.join(MEANING)}.",
            )
        if not isinstance(value, str) or len(value) > LONGEST:
            raise InputError(f"{FILE_NAME}: {key} needs text of at most {LONGEST} characters")
    return Charter(**{key: " ".join(value.split()) for key, value in plain.items()})


def charter_text(charter: Charter) -> str:
    """Write a charter as the text of its file, each line with what it answers.

    Raises
    ------
    InputError
        A line is too long.
    """
    written = ["# The charter of this project: six lines, kept by its owner."]
    for key, meaning, said in charter.lines:
        line = " ".join(said.split())
        if len(line) > LONGEST:
            raise InputError(f"{key} has {len(line)} characters; at most {LONGEST} are allowed")
        written += ["", f"# {meaning}", f"{key} = {_quoted(line)}"]
    return "\n".join(written) + "\n"


def _quoted(line: str) -> str:
    """Return a basic string of TOML: quotes, backslashes and control characters escaped."""
    escaped = line.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(c):04x}" if _is_control(c) else c for c in escaped) + '"'


def _is_control(character: str) -> bool:
    return ord(character) < 0x20 or ord(character) == 0x7F
