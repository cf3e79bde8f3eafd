"""A design, as a notebook shows it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from leadline.charts import experiments as charts
from leadline.library.design_wording import design_lines
from leadline.library.pages import frame

if TYPE_CHECKING:
    from leadline.library.designs import ExperimentDesign


def design_fragment(design: ExperimentDesign) -> str:
    """Return the design in sentences, and its plan file."""
    return (
        f"<h1>{escape(design.plan.name)}</h1>"
        + frame.bullets(design_lines(design))
        + f"<pre>{escape(design.to_toml())}</pre>"
    )


def design_chart_of(design: ExperimentDesign) -> Any:
    """Return the bounds of the planned looks."""
    pairs = zip(design.sizing.bounds.fractions, design.sizing.bounds.z, strict=True)
    return charts.bounds([{"share": share, "z": z} for share, z in pairs])
