"""How many answered decisions are lost to `kill -9` under load: counted, many times.

Run: python -m benchmarks.decision_faults
"""

from __future__ import annotations

import platform
import random
import signal
import subprocess
import sys
import tempfile
import threading
from datetime import date
from pathlib import Path

from leadline.decisions import DecisionLog, read_log

RESULTS = Path(__file__).parent / "results" / "decision_faults.md"
N_ROUNDS = 20

WRITER = """
import sys
from leadline import Decision
decision = Decision(
    "home", rule=lambda f: "popular", model=lambda f: "similar", log=sys.argv[1]
)
n = 0
while True:
    outcome = decision.decide(n, {"x": n, "text": "y" * 200})
    sys.stdout.write(outcome.decision_id + "\\n")
    sys.stdout.flush()
    n += 1
"""


def answered_by(folder: Path, rng: random.Random) -> list[str]:
    """Let two processes answer on one log, kill both at random; return what they answered."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answered: list[str] = []

    def collect(process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        answered.append(process.stdout.readline().strip())
        killer = threading.Timer(rng.uniform(0.0, 0.2), process.kill)
        killer.start()
        *whole, _ = process.stdout.read().split("\n")  # the last line may be cut off
        answered.extend(whole)
        assert process.wait() == -signal.SIGKILL

    collectors = [threading.Thread(target=collect, args=(one,)) for one in processes]
    for one in collectors:
        one.start()
    for one in collectors:
        one.join()
    return answered


def main() -> None:
    """Kill, count, print and write the table."""
    rng = random.Random(11)
    answered: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for _ in range(N_ROUNDS):
            answered += answered_by(folder, rng)
        DecisionLog(folder).close()  # seals what the last two left
        reading = read_log(folder)
        found = [one.decision_id for one in reading.records]
        n_open = len(list(folder.glob("*.open")))
    rows = [
        ("processes killed", 2 * N_ROUNDS),
        ("decisions answered", len(answered)),
        ("of these lost", len(set(answered) - set(found))),
        ("records found", len(found)),
        ("found twice", len(found) - len(set(found))),
        ("torn records, left out and said", len(reading.problems)),
        ("segments left open", n_open),
    ]
    lines = [
        "# Decisions: `kill -9` under load",
        "",
        f"{date.today()}, Python {platform.python_version()}. Two processes on one log, killed "
        "within 0.2 s of their first answer. Again: `python -m benchmarks.decision_faults`",
        "",
        "| what | count |",
        "| --- | --- |",
        *(f"| {what} | {n:,} |" for what, n in rows),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
