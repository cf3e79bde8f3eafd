"""Counts of a service, summed over its processes, in Prometheus' text format."""

from __future__ import annotations

import mmap
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import product
from typing import get_args

from leadline.decisions.decision import Decision
from leadline.decisions.record import Outcome, Reason
from leadline.errors import InputError

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BUCKETS = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5)
"""Upper ends of the latency's histogram, in seconds."""

STATUSES = (200, 400, 401, 404, 405, 413, 500, 503)

SLOTS = 1 << 13
"""Numbers that one process may count."""


class Shared:
    """Memory of all processes of a service; made before they are forked."""

    def __init__(self, n_processes: int) -> None:
        self.n_processes = n_processes
        self.numbers = memoryview(mmap.mmap(-1, 8 * SLOTS * n_processes)).cast("d")


class Metrics:
    """What one process counts, each in its own part of the shared memory.

    Parameters
    ----------
    decisions : dict of name to Decision
    shared : Shared
    process : int
        Number of this process, from 0; one that is started again goes on counting.
    """

    def __init__(
        self, decisions: Mapping[str, Decision], *, shared: Shared, process: int = 0
    ) -> None:
        self._numbers = shared.numbers
        self._shared = shared
        self._begin = process * SLOTS
        keys: list[tuple[str, ...]] = [("status", str(status)) for status in STATUSES]
        for name, decision in decisions.items():
            arms = decision.split.arms
            keys += [("served", name, *pair) for pair in product(arms, get_args(Reason))]
            keys += [("latency", name, str(n)) for n in range(len(BUCKETS) + 1)]
            keys.append(("seconds", name))
        if len(keys) > SLOTS:
            raise InputError(f"{len(keys)} numbers cannot be counted, at most {SLOTS}")
        self._slots = {key: n for n, key in enumerate(keys)}
        self._decided = {
            (name, arm, reason): self._begin + self._slots["served", name, arm, reason]
            for name, decision in decisions.items()
            for arm, reason in product(decision.split.arms, get_args(Reason))
        }
        self._status = {s: self._begin + self._slots["status", str(s)] for s in STATUSES}
        self._latency = {
            name: self._begin + self._slots["latency", name, "0"] for name in decisions
        }
        self._names = tuple(decisions)

    def responded(self, status: int) -> None:
        """Count a response."""
        self._numbers[self._status[status]] += 1

    def decided(self, name: str, outcome: Outcome) -> None:
        """Count a decision."""
        numbers = self._numbers
        numbers[self._decided[name, outcome.served, outcome.fallback_reason]] += 1
        first = self._latency[name]
        numbers[first + bisect_left(BUCKETS, outcome.latency)] += 1
        numbers[first + len(BUCKETS) + 1] += outcome.latency

    def text(self) -> str:
        """Return all counts of all processes."""
        return "\n".join(self._lines()) + "\n"

    def _sum(self, *key: str) -> float:
        place = self._slots[key]
        return sum(self._numbers[place + n * SLOTS] for n in range(self._shared.n_processes))

    def _lines(self) -> Iterator[str]:
        yield "# HELP leadline_responses_total Responses to requests for a decision."
        yield "# TYPE leadline_responses_total counter"
        for status in STATUSES:
            n = self._sum("status", str(status))
            yield f'leadline_responses_total{{status="{status}"}} {n:.0f}'
        yield "# HELP leadline_decisions_total Decisions by served arm and fallback reason."
        yield "# TYPE leadline_decisions_total counter"
        for key in self._slots:
            if key[0] == "served" and (n := self._sum(*key)):
                labels = ("decision", "served", "fallback_reason")
                told = ",".join(
                    f'{label}="{_escaped(text)}"'
                    for label, text in zip(labels, key[1:], strict=True)
                )
                yield f"leadline_decisions_total{{{told}}} {n:.0f}"
        yield "# HELP leadline_decision_seconds Time until the action stood."
        yield "# TYPE leadline_decision_seconds histogram"
        for name in self._names:
            yield from self._histogram(name)

    def _histogram(self, name: str) -> Iterator[str]:
        label, total = f'decision="{_escaped(name)}"', 0.0
        for n, end in enumerate([*map(str, BUCKETS), "+Inf"]):
            total += self._sum("latency", name, str(n))
            yield f'leadline_decision_seconds_bucket{{{label},le="{end}"}} {total:.0f}'
        yield f"leadline_decision_seconds_sum{{{label}}} {self._sum('seconds', name)!r}"
        yield f"leadline_decision_seconds_count{{{label}}} {total:.0f}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
