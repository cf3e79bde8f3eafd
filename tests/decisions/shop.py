"""What the service's tests serve."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from leadline import Decision
from leadline.decisions import DecisionLog


def rule(features: dict[str, Any]) -> str:
    if features.get("slow"):
        time.sleep(float(features["slow"]))
    if features.get("broken"):
        raise RuntimeError("secret detail")
    return "popular"


def make() -> list[Decision]:
    """Return the decisions, logged where the test wants it."""
    folder = Path(os.environ["SHOP_LOG"])
    return [
        Decision("home", rule=rule, model=lambda features: "similar", log=folder),
        Decision("strict", rule=rule, log=DecisionLog(folder / "strict", strict=True)),
    ]


alone = Decision("alone", rule=rule)

number = 3


def make_split() -> Any:
    """Return how `home` assigns."""
    return Decision("home", rule=rule, model=rule).split
