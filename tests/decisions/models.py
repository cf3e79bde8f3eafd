"""Models that behave, and models that do not."""

from __future__ import annotations

import os
import time
from typing import Any

from leadline.decisions import Choice


def good(features: dict[str, Any]) -> str:
    return "similar"


def doubles(features: dict[str, Any]) -> float:
    return float(features["x"]) * 2


def hangs(features: dict[str, Any]) -> str:
    time.sleep(60)
    return "similar"


def hangs_if_told(features: dict[str, Any]) -> str:
    return hangs(features) if features.get("hang") else "similar"


def raises(features: dict[str, Any]) -> str:
    raise RuntimeError("no such column")


def exits(features: dict[str, Any]) -> str:
    raise SystemExit(1)


def dies(features: dict[str, Any]) -> str:
    os._exit(7)


def is_nan(features: dict[str, Any]) -> float:
    return float("nan")


def is_none(features: dict[str, Any]) -> None:
    return None


def undeclared(features: dict[str, Any]) -> str:
    return "something new"


def leaks(features: dict[str, Any]) -> str:
    kept = [bytearray(50_000_000) for _ in range(200)]
    return str(len(kept))


def prints(features: dict[str, Any]) -> str:
    os.write(1, b"a line on standard output\n")
    return "similar"


def explores(features: dict[str, Any]) -> Choice:
    return Choice("similar", 0.25)


def unsendable(features: dict[str, Any]) -> object:
    return object()
