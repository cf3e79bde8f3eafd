"""Finding and reading a `leadline.toml`; every mistake is told with its line."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from leadline.errors import ConfigurationError
from leadline.workspace.configuration import Configuration, name_of
from leadline.workspace.naming import with_names

FILE_NAME = "leadline.toml"
STATE_FOLDER = ".leadline"


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace folder with its validated configuration."""

    folder: Path
    configuration: Configuration

    @property
    def state(self) -> Path:
        """The folder of everything Leadline writes; it ignores itself for git."""
        return self.folder / STATE_FOLDER

    @property
    def cache(self) -> Path:
        """Copies of what sources said; safe to delete at any time."""
        return self.state / "cache"

    def day_at(self, moment: datetime) -> date:
        """Return the day that it is where the lead is, at an aware moment."""
        return moment.astimezone(ZoneInfo(self.configuration.lead.timezone)).date()

    def locate(self, place: str) -> Path:
        """Return a path of the configuration, relative to the workspace's folder."""
        return (self.folder / Path(place).expanduser()).resolve()


def find_workspace(start: Path) -> Workspace:
    """Read the workspace that `start` lies in: the nearest folder with a `leadline.toml`.

    Raises
    ------
    ConfigurationError
        There is none, or its file says something that is not allowed.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE_NAME).is_file():
            return Workspace(
                folder=folder, configuration=read_configuration(folder / FILE_NAME)
            )
    raise ConfigurationError(
        f"no {FILE_NAME} in {start.resolve()} or in a folder above it",
        hint="`leadline init` makes one; `leadline demo` shows a made-up team.",
    )


def read_configuration(path: Path) -> Configuration:
    """Read and validate one `leadline.toml`.

    Raises
    ------
    ConfigurationError
        Not UTF-8, not TOML, an unknown key, a value of the wrong kind: with its line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        plain = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path}: byte {error.start} is not UTF-8", hint="Save the file as UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from None
    try:
        configuration = msgspec.convert(plain, Configuration)
    except msgspec.ValidationError as error:
        raise _located(path, text, str(error)) from None
    configuration = with_names(configuration, folder=path.parent)
    _check_sense(path, text, configuration)
    return configuration


def _check_sense(path: Path, text: str, configuration: Configuration) -> None:
    """Refuse what has the right type and still makes no sense."""
    try:
        ZoneInfo(configuration.lead.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        given = configuration.lead.timezone
        message = f"Unknown time zone {given!r}; names look like 'Europe/Berlin'"
        raise _located(path, text, f"{message} - at `$.lead.timezone`") from None
    _check_sources(path, text, configuration)
    known = {name_of(repository) for repository in configuration.repository}
    for index, project in enumerate(configuration.project):
        if project.repository not in known:
            there_are = ", ".join(sorted(known)) or "none"
            message = f"No repository is named {project.repository!r}; there are: {there_are}"
            raise _located(path, text, f"{message} - at `$.project[{index}].repository`")


def _check_sources(path: Path, text: str, configuration: Configuration) -> None:
    """Refuse a source without one place, and two that nobody could tell apart."""
    calendars = [(source.file, source.url) for source in configuration.calendar]
    repositories = [(source.path, source.url) for source in configuration.repository]
    experiments = [(source.file, source.plan) for source in configuration.experiments]
    for table, either, sources in (
        ("calendar", "`file` and `url`", calendars),
        ("repository", "`path` and `url`", repositories),
        ("experiments", "`file` and `plan`", experiments),
    ):
        for index, (one, other) in enumerate(sources):
            if bool(one) == bool(other):
                message = f"Exactly one of {either} is needed"
                raise _located(path, text, f"{message} - at `$.{table}[{index}]`")
    names = [name_of(repository) for repository in configuration.repository]
    files = [calendar.file for calendar in configuration.calendar]
    models = [watch.model for watch in configuration.watch]
    for table, key, given in (
        ("repository", "name", names),
        ("calendar", "file", files),
        ("watch", "model", models),
    ):
        for index, said in enumerate(given):
            if said and said in given[:index]:
                message = f"{said!r} stands twice; each {table} needs a `{key}` of its own"
                raise _located(path, text, f"{message} - at `$.{table}[{index}]`")


_PLAINER = {
    "Expected `str` matching regex '^[^@\\\\s]+@[^@\\\\s]+$'": "expected an e-mail address",
    "Object missing required field `lead`": "the table [lead] is missing",
}
"""Messages of the validator that a reader would stumble over."""


def _located(path: Path, text: str, problem: str) -> ConfigurationError:
    """Give a validation message that ends in a path its line, and what is allowed."""
    message, _, place = problem.partition(" - at `")
    message = _PLAINER.get(message, message)
    keys = re.findall(r"[^.\[\]$`]+", place)
    hint = ""
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", message):
        message, hint = "unknown key", f"Allowed here: {', '.join(_allowed_keys(keys))}."
        keys = [*keys, unknown[1]]
    dotted = ".".join(keys) or "the file"
    return ConfigurationError(
        f"{path}, line {_line_of(text, keys)}, {dotted}: {message}", hint=hint
    )


def _allowed_keys(keys: list[str]) -> list[str]:
    """Return the keys allowed in the table at `keys`, read off the structs."""
    node: Any = msgspec.inspect.type_info(Configuration)
    for key in keys:
        node = _struct_in(node)
        if not key.isdigit():
            node = next(field.type for field in node.fields if field.encode_name == key)
    return [field.encode_name for field in _struct_in(node).fields]


def _struct_in(node: Any) -> Any:
    """Return the struct inside an optional or a list of structs."""
    if isinstance(node, msgspec.inspect.UnionType):
        return next(part for part in node.types if isinstance(part, msgspec.inspect.StructType))
    if isinstance(node, msgspec.inspect.VarTupleType):
        return node.item_type
    return node


def _line_of(text: str, keys: list[str]) -> int:
    """Return the line (from 1) that sets `keys`, or the nearest table around it."""
    table: list[str] = []
    seen: dict[str, int] = {}
    best_line, best_depth = 1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        here = table
        if header := re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line):
            table = [part.strip(" \"'") for part in header[2].split(".")]
            if header[1] == "[[":
                index = seen[header[2]] = seen.get(header[2], -1) + 1
                table.append(str(index))
            here = table
        elif assignment := re.match(r"\s*([\w.\-\"']+)\s*=", line):
            here = [*table, *(part.strip("\"'") for part in assignment[1].split("."))]
        depth = len(here) if here == keys[: len(here)] else 0
        if depth > best_depth:
            best_line, best_depth = number, depth
    return best_line
