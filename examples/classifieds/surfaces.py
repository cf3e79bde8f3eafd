"""The register of surfaces: for each, its baseline, log, metric and experiment, or what lacks.

Nothing in it is ticked by hand: a baseline is there if a decision holds a rule, a log if it has
records, a metric and an experiment if a plan says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from leadline.connectors.experiments.plans import Plan
from leadline.decisions import Decision, read_log
from leadline.findings import LEAD, TEAM, Citation, Finding, Receipt

PARTS = ("baseline", "log", "metric", "guardrail", "experiment")
WORTH = {"baseline": 0.8, "log": 0.75, "metric": 0.7, "guardrail": 0.6, "experiment": 0.5}
WHY = Citation(
    text="A surface starts with a rule, a log, a metric and a way to try something.",
    source="A head of data science, interview at 19:57 and 33:36",
)
QUESTIONS = {
    "baseline": "Which rule without ML would already help there?",
    "log": "Where is it recorded what was shown, by which arm?",
    "metric": "What would tell that it works, and who reads that number?",
    "guardrail": "What must not get worse for the other side while it gets better for one?",
    "experiment": "What is the next thing to try on it?",
}


@dataclass(frozen=True, kw_only=True)
class Surface:
    """A place in the product where something decides what a user sees.

    Attributes
    ----------
    name : str
    decision : Decision or None
        With its rule, the baseline; None where nothing decides yet.
    rule : str
        The rule in a word or two.
    log : path or None
        Folder of the decision's log.
    plan : Plan or None
        Of the experiment that runs on it, or ran last.
    two_sided : bool
        Whether somebody else than the user pays, so that a guardrail is needed.
    """

    name: str
    decision: Decision | None = None
    rule: str = ""
    log: Path | None = None
    plan: Plan | None = None
    two_sided: bool = False

    @cached_property
    def latencies(self) -> list[float]:
        """Seconds that each logged decision took."""
        if self.log is None or not self.log.is_dir():
            return []
        records = read_log(self.log).records
        return [record.latency for record in records if record.decision == self.name]

    @property
    def has(self) -> dict[str, str]:
        """What is there, by part; an empty text where it lacks, "not needed" where it may."""
        plan = self.plan
        guards = [m.name for m in plan.metrics if m.role == "guardrail"] if plan else []
        return {
            "baseline": (self.rule or self.decision.rule_arm) if self.decision else "",
            "log": f"{len(self.latencies):,} decisions" if self.latencies else "",
            "metric": ", ".join(m.name for m in plan.primaries) if plan else "",
            "guardrail": ", ".join(guards) or ("" if self.two_sided else "not needed"),
            "experiment": plan.name if plan else "",
        }

    @property
    def lacking(self) -> tuple[str, ...]:
        """Parts that are not there."""
        return tuple(part for part in PARTS if not self.has[part])


def findings(surfaces: Iterable[Surface], *, today: date) -> tuple[Finding, ...]:
    """Say for each surface what it lacks, the most basic part first."""
    lacking = [surface for surface in surfaces if surface.lacking]
    return tuple(
        Finding(
            rule=f"surface-lacks-{surface.lacking[0]}",
            subject=f"surface:{surface.name}",
            sentence=f"“{surface.name}” has no {' and no '.join(surface.lacking)}.",
            receipts=(
                Receipt(
                    source="surface register",
                    place=surface.name,
                    as_of=today,
                    command="python -m examples.classifieds",
                ),
            ),
            magnitude=float(len(surface.lacking)),
            worth=WORTH[surface.lacking[0]],
            readers=(LEAD, TEAM),
            question=QUESTIONS[surface.lacking[0]],
            citation=WHY,
        )
        for surface in sorted(lacking, key=lambda one: -WORTH[one.lacking[0]])
    )


def table(surfaces: Iterable[Surface]) -> str:
    """Return the register as text, “–” for what lacks."""
    rows = [
        ("surface", *PARTS, "p99"),
        *(
            (s.name, *(s.has[part] or "–" for part in PARTS), _p99(s.latencies))
            for s in surfaces
        ),
    ]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _p99(latencies: list[float]) -> str:
    if not latencies:
        return "–"
    return f"{1e3 * sorted(latencies)[int(0.99 * (len(latencies) - 1))]:.2f} ms"
