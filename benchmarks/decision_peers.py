"""Other model servers beside `leadline serve`, on the same gradient boosting model.

Each peer is installed into an environment of its own, kept for the next run among the
temporary files, and answers one row a request from one process.
Run: python -m benchmarks.decision_peers [NAME …]
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.decisions import FEATURES, SERVED, made_model, served
from benchmarks.load import Load, run_load

RESULTS = Path(__file__).parent / "results" / "decision_peers.md"
ENVIRONMENTS = Path(tempfile.gettempdir()) / "leadline-peers"
PORT = 8320
SECONDS = 4.0

MODEL = """
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

COLUMNS = [f"x{n}" for n in range(20)]


def fit():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3_000, 20))
    y = (X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(size=3_000) > 0).astype(int)
    return HistGradientBoostingClassifier(max_iter=200, early_stopping=False).fit(X, y)


def row(features):
    return [[features[name] for name in COLUMNS]]
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """A server: what is installed, its code, how it starts, and how it is asked."""

    packages: tuple[str, ...]
    code: str
    command: tuple[str, ...]
    path: str
    body: dict[str, object]
    prepare: bool = False


PEERS = {
    "LitServe": Peer(
        packages=("litserve",),
        code=f"""
import litserve
from model import fit, row

class Api(litserve.LitAPI):
    def setup(self, device):
        self.model = fit()
    def decode_request(self, request):
        return row(request["features"])
    def predict(self, x):
        return int(self.model.predict(x)[0])
    def encode_response(self, output):
        return {{"action": output}}

if __name__ == "__main__":
    server = litserve.LitServer(Api(), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port={PORT}, log_level="warning", generate_client_file=False)
""",
        command=("python", "peer.py"),
        path="/predict",
        body={"features": FEATURES},
    ),
    "BentoML": Peer(
        packages=("bentoml",),
        code="""
import bentoml
from model import fit, row

@bentoml.service(workers=1)
class Peer:
    def __init__(self) -> None:
        self.model = fit()
    @bentoml.api
    def predict(self, features: dict) -> dict:
        return {"action": int(self.model.predict(row(features))[0])}
""",
        command=("bentoml", "serve", "peer:Peer", "--host", "127.0.0.1", "--port", str(PORT)),
        path="/predict",
        body={"features": FEATURES},
    ),
    "MLflow serve": Peer(
        packages=("mlflow", "uvicorn", "fastapi"),
        code="""
import mlflow.sklearn
import pandas as pd
from model import COLUMNS, fit

mlflow.sklearn.save_model(fit(), "saved", serialization_format="cloudpickle")
""",
        command=(
            "mlflow", "models", "serve", "-m", "saved", "--env-manager", "local",
            "-h", "127.0.0.1", "-p", str(PORT),
        ),
        path="/invocations",
        body={"dataframe_records": [FEATURES]},
        prepare=True,
    ),
    "MLServer": Peer(
        packages=("mlserver", "mlserver-sklearn", "joblib"),
        code=f"""
import json
import joblib
from model import fit

joblib.dump(fit(), "model.joblib")
settings = {{"http_port": {PORT}, "host": "127.0.0.1", "grpc_port": 8341, "metrics_port": 8342,
            "parallel_workers": 0}}
json.dump(settings, open("settings.json", "w"))
json.dump({{"name": "peer", "implementation": "mlserver_sklearn.SKLearnModel",
           "parameters": {{"uri": "./model.joblib"}}}}, open("model-settings.json", "w"))
""",
        command=("mlserver", "start", "."),
        path="/v2/models/peer/infer",
        body={
            "inputs": [
                {"name": "x", "shape": [1, 20], "datatype": "FP64",
                 "data": list(FEATURES.values())}
            ]
        },
        prepare=True,
    ),
}  # fmt: skip


def measured(peer: Peer, folder: Path) -> tuple[Load, Load]:
    """Install a peer, start it, ask it."""
    place = folder / peer.packages[0]
    place.mkdir()
    (place / "model.py").write_text(MODEL)
    (place / "peer.py").write_text(peer.code)
    programs = installed(peer)
    if peer.prepare:
        subprocess.run([programs / "python", "peer.py"], cwd=place, check=True, timeout=120)
    command = [str(programs / peer.command[0]), *peer.command[1:]]
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    with served(command, folder=place, port=PORT, is_own=False):
        return asked(peer.path, json.dumps(peer.body).encode(), port=PORT)


def installed(peer: Peer) -> Path:
    """Return the folder of a peer's programs, installed where it is not yet."""
    environment = ENVIRONMENTS / peer.packages[0]
    programs = environment / "bin"
    if not (environment / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
        subprocess.run(
            [programs / "python", "-m", "pip", "install", "--quiet", "scikit-learn",
             *peer.packages],
            check=True, timeout=900,
        )  # fmt: skip
        (environment / "complete").touch()
    return programs


def asked(path: str, body: bytes, *, port: int) -> tuple[Load, Load]:
    """Wait until the first good answer; return the load of 16 connections and of one."""
    ends_at = time.monotonic() + 60
    while run_load(port, path, body, connections=1, seconds=0.5).n_failed:
        if time.monotonic() > ends_at:
            raise TimeoutError(f"{path} answers with errors")
    many = run_load(port, path, body, connections=16, seconds=SECONDS)
    return many, run_load(port, path, body, connections=1, seconds=SECONDS / 2)


def own(folder: Path) -> tuple[Load, Load]:
    """Ask `leadline serve` with the same model, compiled, and its log on."""
    made_model(folder)
    (folder / "served.py").write_text(SERVED)
    body = json.dumps({"unit": "user-1", "features": FEATURES}).encode()
    command = [sys.executable, "-m", "leadline", "serve", "served:both", "--port", str(PORT)]
    with served(command, folder=folder, port=PORT):
        return asked("/decisions/trees", body, port=PORT)


def main(names: list[str]) -> None:
    """Measure the peers of these names, or all; print and write the table."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        many, one = own(Path(temporary))
        rows.append(("leadline serve, log on", many, one))
        for name in names or PEERS:
            try:
                rows.append((name, *measured(PEERS[name], Path(temporary))))
            except (subprocess.SubprocessError, TimeoutError, OSError) as error:
                print(f"{name} was not measured: {error}", file=sys.stderr)
    lines = [
        "# Decisions beside other model servers",
        "",
        f"{date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, load "
        f"{os.getloadavg()[0]:.1f}. 200 trees of scikit-learn's histogram gradient boosting, "
        "20 features, one row a request, one process; `leadline serve` has compiled the model. "
        "Again: `python -m benchmarks.decision_peers`",
        "",
        "| server | requests/s, 16 connections | leadline serve is | p50 µs, 1 connection | "
        "p99 µs | failed |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {name} | {m.per_second:,.0f} | {many.per_second / m.per_second:.1f} × | "
            f"{o.p50_us:,.0f} | {o.p99_us:,.0f} | {m.n_failed + o.n_failed} |"
            for name, m, o in rows
        ),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
