"""The reference of `leadline.toml`, read off the structs that validate it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import inspect as types

from docs.commands import plain
from leadline.workspace import Configuration


def setting_lines() -> Iterator[str]:
    """Yield the lines of the page."""
    yield "A workspace is a folder with this file. Only `[lead]` is needed; whatever is left"
    yield "out keeps the default shown. Unknown keys are refused, with their line. It holds"
    yield "no secrets."
    yield ""
    root = types.type_info(Configuration)
    yield from _keys(root)
    for field in root.fields:
        inner, heading = _table(field)
        if inner is not None:
            yield f"## {heading}"
            yield ""
            _, _, meaning = plain(inner.cls.__doc__).partition(": ")
            yield meaning[:1].upper() + meaning[1:]
            yield ""
            yield from _keys(inner)


def _table(field: Any) -> tuple[Any, str]:
    """Return the struct of a field that is a table, and how its heading is written."""
    kind = field.type
    if isinstance(kind, types.UnionType):
        kind = next(k for k in kind.types if not isinstance(k, types.NoneType))
    if isinstance(kind, types.StructType):
        return kind, f"[{field.encode_name}]"
    item = getattr(kind, "item_type", None)
    if isinstance(item, types.StructType):
        return item, f"[[{field.encode_name}]]"
    return None, ""


def _keys(struct: Any) -> Iterator[str]:
    rows = [field for field in struct.fields if _table(field)[0] is None]
    if not rows:
        return
    yield "| key | value | default |"
    yield "| --- | --- | --- |"
    for field in rows:
        yield f"| `{field.encode_name}` | {in_words(field.type)} | {_default(field)} |"
    yield ""


def _default(field: Any) -> str:
    if field.required:
        return "needed"
    value = field.default
    if field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
    if value is None or value in ("", (), {}):
        return "none"
    return f"`{value}`"


def in_words(kind: Any) -> str:
    """Say what a setting may be, for people."""
    return _WORDS[type(kind)](kind)


def _either(kind: Any) -> str:
    parts = [part for part in kind.types if not isinstance(part, types.NoneType)]
    return " or ".join(in_words(part) for part in parts)


def _number(kind: Any) -> str:
    noun = "whole number" if isinstance(kind, types.IntType) else "number"
    bounds = [f"≥ {kind.ge}"] * (kind.ge is not None) + [f"≤ {kind.le}"] * (kind.le is not None)
    return f"{noun} {' and '.join(bounds)}".rstrip()


_WORDS: dict[type, Callable[[Any], str]] = {
    types.BoolType: lambda _: "`true` or `false`",
    types.DateType: lambda _: "date, e.g. 2026-10-05",
    types.DictType: lambda k: f"table of {in_words(k.key_type)} → {in_words(k.value_type)}",
    types.FloatType: _number,
    types.IntType: _number,
    types.LiteralType: lambda k: ", ".join(f"`{value}`" for value in k.values),
    types.StrType: lambda k: "e-mail address" if "@" in (k.pattern or "") else "text",
    types.UnionType: _either,
    types.VarTupleType: lambda k: f"list of: {in_words(k.item_type)}",
}
