"""What a decision costs, in process and over HTTP, beside the bare rule and bare ASGI.

Run: python -m benchmarks.decisions
"""

from __future__ import annotations

import contextlib
import gc
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks.load import Load, run_load
from leadline import Decision
from leadline.decisions import Compiled, Split, register
from leadline.decisions.openfeature import DecisionProvider, Flag

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "decisions.md"
N_CALLS = 5_000
COLUMNS = tuple(f"x{n}" for n in range(20))
FEATURES = {name: 0.1 * n for n, name in enumerate(COLUMNS)}


def rule(_: dict[str, Any]) -> str:
    """Answer as a rule does."""
    return "popular"


def microseconds(call: Callable[[str], object]) -> np.ndarray:
    """Return the time of each of many calls."""
    units = [f"user-{n}" for n in range(N_CALLS)]
    for unit in units[:500]:
        call(unit)
    gc.collect()
    times = np.empty(N_CALLS)
    clock = time.perf_counter_ns
    for n, unit in enumerate(units):
        started = clock()
        call(unit)
        times[n] = (clock() - started) / 1_000
    return times


def made_model(folder: Path) -> Compiled:
    """Register 200 trees on 20 features."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3_000, 20))
    y = (X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(size=3_000) > 0).astype(int)
    model = HistGradientBoostingClassifier(max_iter=200, early_stopping=False).fit(X, y)
    return register(model, X[:1_000], columns=COLUMNS, to=folder / "model")


def in_process(folder: Path) -> list[str]:
    """Return the table's rows for calls within one process."""
    model = made_model(folder)
    even = {"rule": 0.5, "model": 0.5}
    always = {"rule": 0, "model": 1}

    def decision(**options: Any) -> Decision:
        return Decision("home", rule=rule, **options)

    plain, arms = decision(), decision(model=rule, weights=even)
    logged = decision(log=folder / "a")
    both = decision(model=rule, weights=even, log=folder / "b")
    trees = decision(model=model, weights=always, budget_ms=50)
    trees_logged = decision(model=model, weights=always, budget_ms=50, log=folder / "c")
    split = Split(salt="home", weights=even)
    flag = Flag(split=split, values={"rule": "a", "model": "b"}, otherwise="a")
    cases: list[tuple[str, Callable[[str], object], str]] = [
        ("the bare rule", lambda _: rule(FEATURES), ""),
        ("decision, no log", lambda unit: plain.decide(unit, FEATURES), "≤ 10 added"),
        ("decision, two arms, no log",
         lambda unit: arms.decide(unit, FEATURES),
         "≤ 10 added"),
        ("decision, log", lambda unit: logged.decide(unit, FEATURES), "≤ 25 added"),
        ("decision, two arms, log", lambda unit: both.decide(unit, FEATURES), "≤ 25 added"),
        ("the bare compiled model (200 trees)", lambda _: model(FEATURES), ""),
        ("decision, compiled model", lambda unit: trees.decide(unit, FEATURES), "p99 < 200"),
        ("decision, compiled model, log", lambda unit: trees_logged.decide(unit, FEATURES),
         "p99 < 200"),
        ("native flag", flag.value, "≤ 2"),
    ]  # fmt: skip
    rows = [(name, microseconds(call), aim) for name, call, aim in cases]
    rows += open_feature(flag)
    logged.close()
    both.close()
    trees_logged.close()
    bare = float(np.median(rows[0][1]))
    return [
        f"| {name} | {np.median(t):.1f} | {np.quantile(t, 0.99):.1f} | "
        f"{np.median(t) - bare:.1f} | {np.median(t) / bare:.0f} × | {aim} |"
        for name, t, aim in rows
    ]


def open_feature(flag: Flag) -> list[tuple[str, np.ndarray, str]]:
    """Time the same flag through OpenFeature's client, and its own provider beside it."""
    rows = []
    contexts = {f"user-{n}": EvaluationContext(f"user-{n}") for n in range(N_CALLS)}
    providers = [
        ("OpenFeature, its in-memory provider",
         InMemoryProvider({"home": InMemoryFlag("a", {"a": "a", "b": "b"})}), ""),
        ("OpenFeature, this provider", DecisionProvider({"home": flag}), "≤ 12"),
    ]  # fmt: skip
    for name, provider, aim in providers:
        api.set_provider(provider)
        client = api.get_client()
        times = microseconds(
            lambda unit, client=client: client.get_string_value("home", "a", contexts[unit])
        )
        rows.append((name, times, aim))
    api.clear_providers()
    provider = providers[1][1]
    rows.append(
        ("OpenFeature, this provider without the client",
         microseconds(
             lambda unit: provider.resolve_string_details("home", "a", contexts[unit])
         ), "")
    )  # fmt: skip
    return rows


FLOOR = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await receive()
    head = [(b"content-type", b"application/json"), (b"content-length", b"180")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b"x" * 180})
"""

SERVED = """
import os
from leadline import Decision
from leadline.decisions import Compiled

folder = os.environ["BENCH_FOLDER"]
columns = [f"x{n}" for n in range(20)]
rule = Decision("rule", rule=lambda features: "popular", log=folder + "/served-rule")
trees = Decision(
    "trees", rule=lambda features: 0, model=Compiled(folder + "/model"),
    weights={"rule": 0, "model": 1}, log=folder + "/served-trees",
)
both = [rule, trees]
"""


@contextmanager
def served(
    command: list[str], *, folder: Path, port: int, is_own: bool = True
) -> Iterator[int]:
    """Run a server until it answers, yield its process, and end it afterwards."""
    environment = os.environ | {"BENCH_FOLDER": str(folder), "OMP_NUM_THREADS": "1"}
    if is_own:
        environment["PYTHONPATH"] = os.pathsep.join([str(folder), *filter(None, sys.path)])
    else:
        environment.pop("PYTHONPATH", None)
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            Load.wait_for(port)
            yield process.pid
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            with contextlib.suppress(ProcessLookupError):  # peers leave processes behind
                os.killpg(process.pid, signal.SIGKILL)


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used: what others use does not count."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def over_http(folder: Path, *, seconds: float = 2.0) -> list[str]:
    """Return the table's rows for requests from a client on the same machine."""
    (folder / "floor.py").write_text(FLOOR)
    (folder / "served.py").write_text(SERVED)
    python = sys.executable
    floor = [python, "-m", "uvicorn", "floor:app", "--no-access-log", "--log-level", "warning"]
    own = [python, "-m", "leadline", "serve", "served:both"]
    body = b'{"unit": "user-1", "features": %s}' % str(FEATURES).replace("'", '"').encode()
    rows, bare = [], 1.0
    for name, command, path, port in (
        ("bare ASGI (the floor)", floor, "/", 8301),
        ("decision by rule, log", own, "/decisions/rule", 8302),
        ("decision by 200 trees, log", own, "/decisions/trees", 8303),
    ):
        with served([*command, "--port", str(port)], folder=folder, port=port) as process:
            before = processor_seconds(process)
            many = run_load(port, path, body, connections=16, seconds=seconds)
            spent = processor_seconds(process) - before
            one = run_load(port, path, body, connections=1, seconds=seconds / 2)
        bare = many.per_second if not rows else bare
        rows.append(
            f"| {name} | {many.per_second:,.0f} | {many.per_second / bare:.2f} | "
            f"{many.n_answers / spent:,.0f} | "
            f"{one.p50_us:.0f} | {one.p99_us:.0f} | {many.n_failed + one.n_failed} |"
        )
    return rows


def main() -> None:
    """Measure, print and write the tables."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        inside = in_process(folder)
        outside = over_http(folder)
    lines = [
        "# Decisions",
        "",
        f"{date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, load "
        f"{os.getloadavg()[0]:.1f} at the end. Again: `python -m benchmarks.decisions`",
        "",
        f"In one process, {N_CALLS:,} calls each, 20 features, microseconds:",
        "",
        "| what | p50 | p99 | added | beside the rule | aim |",
        "| --- | --- | --- | --- | --- | --- |",
        *inside,
        "",
        "Over HTTP, one process that serves and one that asks, on the same cores:",
        "",
        "| what | requests/s, 16 connections | of the floor | requests per second of the "
        "server's processor | p50 µs, 1 connection | p99 µs | failed |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *outside,
        "",
        "Aims: ≥ 7,000 requests/s and p50 ≤ 200 µs with the log on.",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
