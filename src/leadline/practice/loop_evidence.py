"""What the files of a project show of its loop: baseline, evaluation, monitoring."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BASELINE = re.compile(
    r"(?i)(^|[/_-])(baselines?|fallback|heuristics?|rule_based|popularity)(?=[/._-]|$)"
)
_EVALUATION = re.compile(
    r"(?i)(^|/)(evaluation|eval|evals|offline_metrics|backtests?|judgements?)(?=[/._-]|$)"
)
_WATCHED = re.compile(r"(?i)(^|[/_-])(alerts?|monitoring|monitors?|drift|slo)(?=[/._-]|$)")
_DECIDES = re.compile(
    r"(?i)(^|/)(features?|evaluation|eval|objective|policy|decisions?|pacing|matching)(?=/)"
)


def baseline_place(paths: Iterable[str]) -> str:
    """Return the first file that looks like a rule without machine learning; else empty."""
    return _first(_BASELINE, paths)


def evaluation_place(paths: Iterable[str]) -> str:
    """Return the first file that looks like offline evaluation; else empty."""
    return _first(_EVALUATION, paths)


def watch_place(paths: Iterable[str]) -> str:
    """Return the first file that looks like an alert or a monitor; else empty."""
    return _first(_WATCHED, paths)


def deciding_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the folders in which a change changes what is decided, sorted."""
    found = {path[: match.end(2)] for path in paths if (match := _DECIDES.search(path))}
    return tuple(sorted(found))


def _first(pattern: re.Pattern[str], paths: Iterable[str]) -> str:
    return next((path for path in sorted(paths) if pattern.search(path)), "")
