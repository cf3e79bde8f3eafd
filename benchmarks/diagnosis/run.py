"""Run the benchmark: one JSON line per case, so that it goes on where it stopped.

python -m benchmarks.diagnosis.run tuning --answers FILE --truths FILE [--quick]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.diagnosis import baselines, families, tables
from benchmarks.diagnosis.faults import COMPOUND, FAULTS, Case, make
from benchmarks.diagnosis.oracles import truth
from leadline.analysis.diagnosis import case as diagnosis_case
from leadline.analysis.diagnosis import thresholds
from leadline.library.diagnosis import diagnose

QUICK = 10
SPLITS = {
    "tuning": tables.TUNING, "held-out": tables.HELD_OUT, "fresh": tables.FRESH,
    "last": tables.LAST, "develop2": tables.DEVELOP2, "unseen2": tables.UNSEEN2,
    "unseen3": tables.UNSEEN3, "unseen4": tables.UNSEEN4,
}  # fmt: skip

# On a shared machine the wall clock measures the neighbours: here the budget is counted,
# and seconds are reported, in the processor's time, both cores added up.
diagnosis_case.Clock.__init__.__kwdefaults__["now"] = time.process_time


def names(which: str, *, seeds: int, compound: bool = False) -> Iterator[tuple[Any, ...]]:
    """Yield table, family, fault, severity, seed of every case."""
    chosen = SPLITS[which]
    faults = ["+".join(pair) for pair in COMPOUND] if compound else list(FAULTS)
    for seed in range(seeds):
        for table in chosen:
            for fault in faults:
                for family in families.FAMILIES:
                    for severity in range(3):
                        yield table, family, fault, severity, seed


def frozen() -> str:
    """Return the hash of the file of thresholds."""
    return hashlib.sha256(Path(thresholds.__file__).read_bytes()).hexdigest()[:16]


def kept(key: str, one_in: int) -> bool:
    """Whether a case is in the sample: the same ones on every machine."""
    return zlib.crc32(key.encode()) % one_in == 0


def answer(case: Case, *, labels: bool = True) -> dict[str, Any]:
    """Diagnose a case; nothing but what a user would pass is passed."""
    production: dict[str, Any] = {}
    if case.production is not None:
        production["X_production"] = case.production.X
        if labels and not (case.fault == "none" and case.severity == 2):
            production["y_production"] = case.production.y
    started = time.process_time()
    found = diagnose(
        case.model, case.train.X, case.train.y, case.test.X, case.test.y,
        **production, **case.options,
    )  # fmt: skip
    seconds = time.process_time() - started
    plain = found.to_dict()
    fields = ("cause", "verdict", "gain", "gain_lower", "gain_upper", "measured_on",
              "evidence", "remedy", "pvalue")  # fmt: skip

    def kept_of(finding: dict[str, Any]) -> dict[str, Any]:
        """Keep what is marked, and how many times the rows a gain is told for."""
        return {k: finding[k] for k in fields} | {"times": finding["numbers"].get("times")}

    return {
        "verdict": plain["verdict"],
        "findings": [kept_of(f) for f in plain["findings"]],
        "tried": [kept_of(f) for f in plain["tried"]],
        "skipped": plain["skipped"],
        "floor": plain["floor"],
        "seconds": seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def read(path: Path) -> dict[str, dict[str, Any]]:
    """Return the lines of a file by the name of their case."""
    if not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {line["name"]: line for line in lines}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=list(SPLITS))
    parser.add_argument("--answers", type=Path, default=None)
    parser.add_argument("--truths", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--one-in", type=int, default=1)
    parser.add_argument("--quick", action="store_const", const=QUICK, dest="one_in")
    parser.add_argument("--compound", action="store_true")
    parser.add_argument("--who", choices=["leadline", *baselines.RULES], default="leadline")
    parser.add_argument("--part", default="0/1", help="i/n: the i-th of n parts")
    parser.add_argument("--only", default="", help="a text that the case's name must hold")
    parser.add_argument("--minutes", type=float, default=1e9)
    options = parser.parse_args(arguments)
    part, parts = (int(text) for text in options.part.split("/"))
    truths = read(options.truths)
    answers = {} if options.answers is None else read(options.answers)
    print(f"thresholds {frozen()}", file=sys.stderr)
    started = time.monotonic()
    for row in names(options.which, seeds=options.seeds, compound=options.compound):
        key = "/".join(str(value) for value in row)
        if not kept(key, options.one_in) or options.only not in key:
            continue
        if zlib.crc32(key.encode()) // 1_000 % parts != part:
            continue
        if key in truths and (options.answers is None or key in answers):
            continue
        if time.monotonic() - started > options.minutes * 60:
            break
        case = make(tables.load(row[0]), *row[1:])
        if case is None:
            continue
        about = {"name": key, "table": row[0], "fault": row[2], "family": row[1],
                 "n_train": len(case.train)}  # fmt: skip
        with threadpool_limits(1):
            if key not in truths:
                _append(options.truths, about | truth(case))
            if options.answers is not None and key not in answers:
                given = (
                    answer(case)
                    if options.who == "leadline"
                    else baselines.answer(case, options.who)
                )
                _append(options.answers, about | {"frozen": frozen()} | given)


def _append(path: Path, line: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
