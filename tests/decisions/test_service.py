"""The service, as other programs see it: over a socket, from real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import jsonschema
import pytest

from leadline.decisions import read_log
from leadline.decisions.serving import Options, load_decisions, serve
from leadline.errors import ConnectorError, InputError
from tests.decisions import shop

ROOT = Path(__file__).parents[2]
SHOP = "tests.decisions.shop"
BODY = {"unit": "u1", "features": {"km": 3}}


@contextmanager
def served(
    folder: Path, *arguments: str, token: str = "", place: str = f"{SHOP}:make"
) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """Run the command until it listens; end it afterwards if it has not ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "leadline", "serve", place, "--port", "0", *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env=os.environ | {
            "PYTHONPATH": f"{ROOT}/src:{ROOT}", "SHOP_LOG": str(folder),
            "LEADLINE_SERVE_TOKEN": token, "PYTHONUNBUFFERED": "1",
        },
    )  # fmt: skip
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=address, timeout=20) as client:
            until_ready(client)
            yield client, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        process.stdout.close()


def until_ready(client: httpx.Client) -> None:
    for _ in range(400):
        try:
            if client.get("/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("the service was not ready in 20 seconds")


def test_a_decision_over_http_is_answered_counted_and_recorded(tmp_path: Path) -> None:
    with served(tmp_path) as (client, process):
        found = client.post("/decisions/home", json=BODY).json()
        document = client.get("/openapi.json").json()
        schema = {
            "$ref": "#/components/schemas/Outcome", "components": document["components"],
        }  # fmt: skip
        jsonschema.validate(found, schema)
        answers = [
            client.post("/decisions/home", content=b"{"),
            client.post("/decisions/home", json={"unit": 1.5}),
            client.post("/decisions/home", json={"unit": ""}),
            client.post("/decisions/other", json=BODY),
            client.get("/decisions/home"),
            client.post("/decisions/home", content=b" " * 1_000_001),
            client.post("/decisions/strict", json={"unit": "u", "features": {"broken": 1}}),
            client.post("/decisions/strict", json=BODY),
        ]
        assert [a.status_code for a in answers] == [400, 400, 400, 404, 405, 413, 500, 200]
        assert all(answer.json()["error"] for answer in answers[:-1])
        assert "secret" not in answers[6].text
        assert client.get("/health").text == "alive\n"
        metrics = client.get("/metrics").text
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
    assert 'leadline_responses_total{status="200"} 2' in metrics
    assert 'leadline_responses_total{status="400"} 3' in metrics
    arm = found["served"]
    counted = f'leadline_decisions_total{{decision="home",served="{arm}",fallback_reason=""}} 1'
    assert counted in metrics
    assert 'leadline_decision_seconds_bucket{decision="home",le="+Inf"} 1' in metrics
    assert "/decisions/home" in document["paths"]
    assert found["assigned"] == shop.make_split().assign("u1")
    records = read_log(tmp_path).records
    assert [one.decision_id for one in records] == [found["decision_id"]]
    assert list(tmp_path.glob("*.open")) == []  # sealed on the way out


def test_only_who_has_the_token_is_answered(tmp_path: Path) -> None:
    with served(tmp_path, token="word") as (client, _):
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            assert client.post("/decisions/home", json=BODY, headers=headers).status_code == 401
            assert client.get("/metrics", headers=headers).status_code == 401
        mine = {"Authorization": "Bearer word"}
        assert client.post("/decisions/home", json=BODY, headers=mine).status_code == 200
        assert client.get("/openapi.json").json()["security"] == [{"token": []}]
    assert len(read_log(tmp_path).records) == 1


@pytest.mark.slow
def test_who_is_being_answered_is_answered_to_the_end(tmp_path: Path) -> None:
    with served(tmp_path, "--drain", "0.5") as (client, process):
        found: list[httpx.Response] = []
        slow = {"unit": "u1", "features": {"slow": 1.2}}
        waiting = threading.Thread(
            target=lambda: found.append(client.post("/decisions/strict", json=slow))
        )
        waiting.start()
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert client.get("/ready").status_code == 503
        assert client.post("/decisions/home", json=BODY).status_code == 200
        waiting.join()
        process.wait(timeout=20)
    assert found[0].status_code == 200
    assert len(read_log(tmp_path / "strict").records) == 1


@pytest.mark.slow
def test_processes_share_port_counts_and_log_and_one_that_dies_is_replaced(
    tmp_path: Path,
) -> None:
    with served(tmp_path, "--processes", "2") as (client, process):
        replied = [post(client, n) for n in range(40)]
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 2
        os.kill(int(children[0]), signal.SIGKILL)
        time.sleep(0.1)
        replied += [post(client, n) for n in range(40)]
        total = sum(
            float(line.split()[-1])
            for line in client.get("/metrics").text.splitlines()
            if line.startswith("leadline_decisions_total")
        )
    assert total == 80
    recorded = {one.decision_id for one in read_log(tmp_path).records}
    assert set(replied) <= recorded


def post(client: httpx.Client, n: int) -> str:
    """Decide over a connection of its own, so that either process may answer."""
    body = {"unit": n, "features": {}}
    for _ in range(20):
        try:
            answer = httpx.post(client.base_url.join("/decisions/home"), json=body, timeout=20)
            return str(answer.json()["decision_id"])
        except httpx.TransportError:  # the process was killed under it: it got no answer
            time.sleep(0.05)
    raise AssertionError("no answer")


def test_a_decision_a_list_a_dict_or_a_function_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_LOG", str(tmp_path))
    assert set(load_decisions(f"{SHOP}:make")) == {"home", "strict"}
    assert set(load_decisions(f"{SHOP}:alone")) == {"alone"}
    with pytest.raises(InputError, match="is a int, not a Decision"):
        load_decisions(f"{SHOP}:number")


def test_options_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a token"):
        Options(host="0.0.0.0")
    with pytest.raises(InputError, match="at least one process"):
        Options(processes=0)
    with pytest.raises(ConnectorError, match=r"port 1 of 192\.0\.2\.1 cannot be had"):
        serve(f"{SHOP}:alone", Options(host="192.0.2.1", port=1, token="t"), tell=print)


@pytest.mark.slow
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_service_that_cannot_start_says_why_and_ends(processes: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "leadline", "serve", f"{SHOP}:number", "--port", "0",
         "--processes", processes],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{ROOT}/src:{ROOT}"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "is a int, not a Decision" in done.stderr
    assert "Traceback" not in done.stderr
