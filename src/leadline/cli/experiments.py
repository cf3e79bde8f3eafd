"""`leadline experiments`: design an experiment, and analyse one to a verdict."""

from __future__ import annotations

import click

from leadline.cli.lazy import LazyGroup

MODULES = {
    name: f"experiment_{name.replace('-', '_')}"
    for name in ("analyze", "design", "off-policy", "queue")
}


@click.group("experiments", cls=LazyGroup, modules=MODULES)
def command() -> None:
    """Design experiments, and analyse them to a verdict: ship, stop, extend, cannot tell."""
