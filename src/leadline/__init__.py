"""Leadline: a few true lines about what needs a data-science lead, with receipts."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "audit": "leadline.library.audit",
    "ledger": "leadline.library.ledger",
}
"""Public name → the module that defines it, imported when the name is first used."""

_MODULES = {
    "experiments": "leadline.library.experiments",
}
"""Public module → where it is, imported when the name is first used."""

__all__ = ["__version__", *_PUBLIC, *_MODULES]  # noqa: PLE0604 (every name is a string)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = import_module(_MODULES[name])
    elif name in _PUBLIC:
        value = getattr(import_module(_PUBLIC[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC, *_MODULES])
