"""The log: nothing replied is lost, whatever dies, fills up or is cut off."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import threading
import time
from itertools import chain
from pathlib import Path

import pytest

from leadline import Decision
from leadline.decisions import DecisionLog, Problems, read_log
from leadline.decisions import log as log_module
from leadline.decisions.frames import frame
from leadline.decisions.record import Record, encode
from leadline.errors import ConnectorError, InputError

SERVICE = """
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


class Told:
    """A hook that remembers."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def problems(self) -> Problems:
        return Problems(hook=lambda kind, message: self.kinds.append(kind), quiet=0)


def record(number: int) -> bytes:
    return encode(
        Record(
            decision_id=f"id-{number}",
            decision="home",
            unit=str(number),
            at=0.0,
            salt="home",
            assigned="rule",
            served="rule",
            arm_propensity=1.0,
            action="popular",
            latency=0.0,
        )
    )


def ids(folder: Path) -> list[str]:
    return [one.decision_id for one in read_log(folder).records]


def one_segment(folder: Path) -> Path:
    (path,) = [*folder.glob("*.open"), *folder.glob("*.log")]
    return path


@pytest.mark.slow
def test_no_replied_decision_is_lost_to_kill_9(tmp_path: Path) -> None:
    rng = random.Random(3)
    replied: list[str] = []
    for _ in range(8):
        service = subprocess.Popen(
            [sys.executable, "-c", SERVICE, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert service.stdout is not None
        replied.append(service.stdout.readline().strip())
        killer = threading.Timer(rng.uniform(0.0, 0.15), service.kill)
        killer.start()
        *whole, _ = service.stdout.read().split("\n")  # the last line may be cut off
        replied += whole
        service.stdout.close()
        assert service.wait() == -signal.SIGKILL
    assert len(replied) > 1_000
    found = ids(tmp_path)
    assert set(replied) - set(found) == set()
    assert len(set(found)) == len(found)
    told = Told()
    DecisionLog(tmp_path, problems=told.problems()).close()  # what it finds, it seals
    assert list(tmp_path.glob("*.open")) == []
    assert ids(tmp_path) == found


def test_a_cut_at_every_byte_of_the_tail_costs_that_record_alone_and_is_said(
    tmp_path: Path,
) -> None:
    whole = frame(record(1)) + frame(record(2))
    start = len(frame(record(1)))
    for size in range(start, len(whole) + 1):
        folder = tmp_path / str(size)
        folder.mkdir()
        (folder / "20260101T000000-1-aa.open").write_bytes(whole[:size])
        told = Told()
        log = DecisionLog(folder, problems=told.problems())
        log.append(record(3))
        log.close()
        is_whole = size in (start, len(whole))
        expected = ["id-1", "id-2", "id-3"] if size == len(whole) else ["id-1", "id-3"]
        assert ids(folder) == expected
        assert told.kinds == ([] if is_whole else ["torn"])
        assert len(read_log(folder).problems) == (0 if is_whole else 1)


@pytest.mark.slow
def test_two_processes_on_one_log_never_mix(tmp_path: Path) -> None:
    service = SERVICE.replace("while True", "while n < 2000")
    services = [
        subprocess.Popen(
            [sys.executable, "-c", service, str(tmp_path)],
            stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    replied = [one.communicate(timeout=60)[0].split() for one in services]
    found = read_log(tmp_path)
    assert found.problems == ()
    assert len(list(tmp_path.iterdir())) == 2
    assert sorted(one.decision_id for one in found.records) == sorted(
        chain.from_iterable(replied)
    )


def test_a_live_segment_is_read_and_left_to_its_writer(tmp_path: Path) -> None:
    with DecisionLog(tmp_path) as log:
        log.append(record(1))
        DecisionLog(tmp_path).close()
        assert ids(tmp_path) == ["id-1"]
        path = one_segment(tmp_path)
        with path.open("ab") as file:
            file.write(frame(record(2))[:10])  # as seen in the middle of a write
        assert read_log(tmp_path).problems == ()
        assert path.suffix == ".open"
    assert one_segment(tmp_path).suffix == ".log"


def test_a_forked_process_writes_a_segment_of_its_own(tmp_path: Path) -> None:
    decision = Decision("home", rule=lambda features: "popular", log=tmp_path)
    mine = decision.decide("parent", {}).decision_id
    child = os.fork()
    if child == 0:
        try:
            for _ in range(20):
                decision.decide("child", {})
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    others = [decision.decide("parent", {}).decision_id for _ in range(20)]
    decision.close()
    found = read_log(tmp_path)
    assert found.problems == ()
    assert len(found.records) == 41
    assert {one.decision_id for one in found.records if one.unit == "parent"} == {mine, *others}


def test_a_full_segment_is_sealed_and_another_begun(tmp_path: Path) -> None:
    with DecisionLog(tmp_path, segment_bytes=1_000) as log:
        for number in range(30):
            log.append(record(number))
    assert sorted(ids(tmp_path)) == sorted(f"id-{number}" for number in range(30))
    assert len(list(tmp_path.glob("*.log"))) > 3


def test_a_disk_that_fills_up_costs_one_record_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's own bound on a file's size stands in for the full disk."""
    import resource

    told = Told()
    log = DecisionLog(tmp_path, problems=told.problems())
    decision = Decision(
        "home", rule=lambda features: "popular", model=lambda features: "similar",
        weights={"rule": 0, "model": 1}, log=log,
    )  # fmt: skip
    before = decision.decide(1, {})
    assert before.served == "model"
    size = one_segment(tmp_path).stat().st_size
    bounds = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, bounds[1]))
    try:
        outcome = decision.decide(2, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, bounds)
        signal.signal(signal.SIGXFSZ, ignored)
    assert (outcome.action, outcome.fallback_reason) == ("popular", "log_failed")
    assert "log_failed" in told.kinds
    monkeypatch.setattr(DecisionLog, "RETRY_EVERY", 0.0)
    after = decision.decide(3, {})
    decision.close()
    found = read_log(tmp_path)
    # A new segment was begun; segments of one moment have no order of their own.
    assert {one.decision_id for one in found.records} == {before.decision_id, after.decision_id}
    assert found.problems == ()


def test_a_small_disk_that_is_full_costs_the_log_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        _fills_up(tmp_path, monkeypatch)
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def _fills_up(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DecisionLog, "RETRY_EVERY", 0.0)
    filler = disk / "filler"
    filler.write_bytes(bytes(150_000))
    told = Told()
    decision = Decision(
        "home", rule=lambda features: "popular", model=lambda features: "similar",
        weights={"rule": 0, "model": 1},
        log=DecisionLog(disk / "log", problems=told.problems()),
    )  # fmt: skip
    outcomes = [decision.decide(n, {"text": "y" * 1_000}) for n in range(200)]
    filler.unlink()
    outcomes += [decision.decide(n, {"text": "y" * 100}) for n in range(20)]
    decision.close()
    kept = {one.decision_id for one in outcomes if one.fallback_reason != "log_failed"}
    assert {(one.action, one.fallback_reason) for one in outcomes} == {
        ("similar", ""), ("popular", "log_failed"),
    }  # fmt: skip
    assert all(one.served == "model" for one in outcomes[-20:])
    found = read_log(disk / "log")
    assert {one.decision_id for one in found.records} == kept
    assert found.problems == ()
    assert told.kinds.count("log_failed") == len(outcomes) - len(kept) > 10
    assert all(path.stat().st_size for path in (disk / "log").iterdir())


def test_a_read_only_folder_costs_the_log_and_not_the_user(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir(mode=0o500)
    own = os.geteuid()
    if own == 0:  # root may write anywhere, so be nobody for a while
        for above in (tmp_path, *tmp_path.parents):  # pytest's own folders, however many
            if above.stat().st_uid == 0 and above.stat().st_mode & 0o77 == 0:
                above.chmod(0o711)
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    try:
        _answers_by_the_rule(folder)
    finally:
        os.seteuid(own)


def _answers_by_the_rule(folder: Path) -> None:
    told = Told()
    log = DecisionLog(folder, problems=told.problems())
    outcome = Decision("home", rule=lambda features: "popular", log=log).decide("u", {})
    assert (outcome.action, outcome.fallback_reason) == ("popular", "log_failed")
    assert told.kinds == ["log_failed"]


def test_a_strict_log_answers_only_once_the_record_is_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, synced = os.fdatasync, []

    def slow_sync(descriptor: int) -> None:
        time.sleep(0.02)
        real(descriptor)
        synced.append(one_segment(tmp_path).stat().st_size)

    monkeypatch.setattr(log_module.os, "fdatasync", slow_sync)
    with DecisionLog(tmp_path, strict=True) as log:
        for number in range(3):
            log.append(record(number))
            assert max(synced) >= sum(len(frame(record(n))) for n in range(number + 1))


def test_a_sync_that_fails_is_said_and_begins_another_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fdatasync

    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    told = Told()
    log = DecisionLog(tmp_path, strict=True, problems=told.problems())
    monkeypatch.setattr(log_module.os, "fdatasync", broken)
    with pytest.raises(OSError, match="may not be on the disk"):
        log.append(record(1))
    monkeypatch.setattr(log_module.os, "fdatasync", real)
    log.append(record(2))
    log.close()
    assert told.kinds == ["sync_failed"]
    assert len(list(tmp_path.iterdir())) == 2
    assert sorted(ids(tmp_path)) == ["id-1", "id-2"]


def test_sync_waits_for_the_group(tmp_path: Path) -> None:
    with DecisionLog(tmp_path, sync_every=0.01) as log:
        log.append(record(1))
        log.sync()
        assert log._synced == log._written == 1
        log.sync()


def test_a_closed_log_takes_nothing(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    log.close()
    with pytest.raises(OSError, match="is closed"):
        log.append(record(1))


def test_a_record_of_another_version_is_named_and_left_out(tmp_path: Path) -> None:
    with DecisionLog(tmp_path) as log:
        log.append(b'{"unknown": 1}')
        log.append(record(1))
    found = read_log(tmp_path)
    assert [one.decision_id for one in found.records] == ["id-1"]
    assert len(found.problems) == 1
    assert "another version" in found.problems[0]


def test_a_log_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="above 0"):
        DecisionLog(tmp_path, sync_every=0)
    with pytest.raises(ConnectorError, match="there is no folder"):
        read_log(tmp_path / "absent")
