"""Leadline: a few true lines about what needs a data-science lead, with receipts."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadline.analysis.experiments.metrics import Mean, Proportion, Quantile, Ratio
    from leadline.decisions.decision import Decision
    from leadline.library import experiments
    from leadline.library.audit import audit
    from leadline.library.baseline import baseline
    from leadline.library.diagnosis import diagnose
    from leadline.library.ledger import ledger
    from leadline.library.watch import watch

__version__ = "0.1.0"

_PUBLIC = {
    "audit": "leadline.library.audit",
    "baseline": "leadline.library.baseline",
    "diagnose": "leadline.library.diagnosis",
    "ledger": "leadline.library.ledger",
    "watch": "leadline.library.watch",
    "Decision": "leadline.decisions.decision",
    "Mean": "leadline.analysis.experiments.metrics",
    "Proportion": "leadline.analysis.experiments.metrics",
    "Quantile": "leadline.analysis.experiments.metrics",
    "Ratio": "leadline.analysis.experiments.metrics",
}
"""Public name → the module that defines it, imported when the name is first used."""

_MODULES = {
    "experiments": "leadline.library.experiments",
}
"""Public module → where it is, imported when the name is first used."""

__all__ = [
    "Decision",
    "Mean",
    "Proportion",
    "Quantile",
    "Ratio",
    "__version__",
    "audit",
    "baseline",
    "diagnose",
    "experiments",
    "ledger",
    "watch",
]


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
