"""Run the benchmark: python -m benchmarks.diagnosis.run [--held-out] [--fault …]."""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings

import numpy as np

from benchmarks.diagnosis import faults, tables

EPS_LOSS, EPS_CONSTANT = 0.02, 0.005


def truth(built):
    eps = max(EPS_LOSS * built.base, EPS_CONSTANT * built.constant)
    best = max(built.oracle.values(), default=0.0)
    if built.expected & {"leakage", "imbalance"}:
        return set(built.expected), eps
    if best < eps:
        return {"healthy"}, eps
    return {k for k, v in built.oracle.items() if v >= 0.8 * best and v >= eps}, eps


def one(fault, table, family, severity, seed):
    from leadline.library.diagnosis import diagnose

    warnings.simplefilter("ignore")
    X, y = tables.load(table, seed=seed)
    built = faults.build(fault, family, severity, X, y, seed=seed)
    right, eps = truth(built)
    started = time.time()
    got = diagnose(built.model, **built.kwargs)
    seconds = time.time() - started
    return {
        "fault": fault, "table": table, "family": family, "severity": severity, "seed": seed,
        "n_train": len(built.kwargs["y_train"]), "verdict": got.verdict,
        "right": sorted(right), "correct": got.verdict in right, "eps": eps, "floor": got.floor,
        "seconds": round(seconds, 2), "base": built.base, "oracle": built.oracle,
        "found": {f.cause: [f.verdict, f.gain, f.gain_lower, f.gain_upper] for f in (*reversed(got.tried), *reversed(got.findings))},
        "evidence": {f.cause: f.evidence for f in (*reversed(got.tried), *reversed(got.findings))},
    }  # fmt: skip


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--held-out", action="store_true")
    p.add_argument("--fault", action="append")
    p.add_argument("--table", action="append")
    p.add_argument("--family", action="append")
    p.add_argument("--seeds", type=int, default=1)
    p.add_argument("--first-seed", type=int, default=0)
    p.add_argument("--out")
    a = p.parse_args()
    names = a.table or (tables.HELD_OUT if a.held_out else tables.TUNE)
    rows = []
    out = open(a.out, "a") if a.out else None
    for seed in range(a.first_seed, a.first_seed + a.seeds):
        for table in names:
            for i, fault in enumerate(a.fault or faults.FAULTS):
                fams = a.family or [("linear", "forest", "boosting")[(i + seed + len(table)) % 3]]
                for family in fams:
                    severity = (i + seed) % 3
                    if fault in {"label_shift", "threshold"} and table in {"synthetic_b", "diamonds", "california_like"}:
                        continue
                    try:
                        row = one(fault, table, family, severity, seed)
                    except Exception as error:
                        import traceback
                        traceback.print_exc()
                        print("ERR", fault, table, family, error)
                        continue
                    rows.append(row)
                    best = {k: round(v / row["eps"], 1) for k, v in row["oracle"].items()}
                    found = {k: (v[0][:4], round(v[1] / row["floor"], 1) if np.isfinite(v[1]) else None) for k, v in row["found"].items() if v[0] != "ruled out"}
                    print("ok " if row["correct"] else "BAD", fault, table, family, severity, row["n_train"], row["verdict"], "right:", row["right"], best, found, row["seconds"], flush=True)
                    if out:
                        out.write(json.dumps(row, default=float) + "\n"); out.flush()
    summary(rows)


def summary(rows):
    from collections import defaultdict
    by = defaultdict(list)
    for r in rows:
        by[r["fault"]].append(r)
    for k, v in by.items():
        print(f"{k:18s} {np.mean([r['correct'] for r in v]):.2f} of {len(v)}", [r["verdict"] for r in v if not r["correct"]])
    print("top-1", np.mean([r["correct"] for r in rows]), "n", len(rows))
    healthy = [r for r in rows if r["right"] == ["healthy"]]
    print("false alarms", np.mean([r["verdict"] not in ("healthy", "undecidable") for r in healthy]), "of", len(healthy))
    cover = []
    for r in rows:
        for k, g in r["oracle"].items():
            f = r["found"].get(k)
            if f and f[0] in ("confirmed", "blocker") and np.isfinite(f[1]):
                cover.append((k, f[2] <= g <= f[3], f[1], g))
    for k in sorted({c[0] for c in cover}):
        v = [c for c in cover if c[0] == k]
        print(f"coverage {k:20s} {np.mean([c[1] for c in v]):.2f} of {len(v)}; mean gain said/true {np.mean([c[2] for c in v]):.4f}/{np.mean([c[3] for c in v]):.4f}")
    print("seconds", np.median([r["seconds"] for r in rows]), max(r["seconds"] for r in rows))


if __name__ == "__main__":
    sys.exit(main())
