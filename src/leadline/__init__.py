"""Leadline: a few true lines about what needs a data-science lead, with receipts."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "baseline": "leadline.library.baseline",
}
"""Public name → the module that defines it, imported when the name is first used."""

__all__ = ["__version__", *_PUBLIC]  # noqa: PLE0604 (every name is a string)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
