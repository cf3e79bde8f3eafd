"""The process of an isolated model: reads requests, answers, ends with its parent."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from leadline.connectors.saved_models import load_model
from leadline.decisions.isolated import LENGTH, file_sha256
from leadline.decisions.record import Choice


def serve() -> None:
    """Answer on what was standard output; whatever a model prints goes to standard error."""
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    options = msgspec.msgpack.decode(_read(source))
    try:
        model = _load(options)
    except BaseException as error:  # noqa: BLE001 (whatever a model raises is told, then it ends)
        _write(target, ("failed", f"{type(error).__name__}: {error}"))
        return
    _write(target, ("ready", ""))
    while request := _read(source):
        _write(target, _answer(model, msgspec.msgpack.decode(request)))


def _load(options: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    _limit_memory(options["memory_mb"])
    expected = options["sha256"]
    if expected and file_sha256(Path(options["place"])) != expected:
        raise ValueError(f"{options['place']} was changed since it was registered")
    policy = _policy(load_model(options["place"], trust=options["trust"]), options["columns"])
    if options["warm_up"] is not None:
        policy(dict(options["warm_up"]))
    return policy


def _policy(model: Any, columns: list[str]) -> Callable[[dict[str, Any]], Any]:
    if columns:
        return lambda features: model.predict([[features[name] for name in columns]])[0]
    if not callable(model):
        raise TypeError(f"a {type(model).__name__} cannot be called; pass columns for predict")
    policy: Callable[[dict[str, Any]], Any] = model
    return policy


def _limit_memory(megabytes: int | None) -> None:
    if megabytes is not None:
        import resource  # noqa: PLC0415 (not on every system, and only needed here)

        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def _answer(model: Callable[[dict[str, Any]], Any], features: dict[str, Any]) -> Any:
    try:
        answer = model(features)
        if isinstance(answer, Choice):
            return ("choice", [_plain(answer.action), answer.propensity])
        return ("answer", _plain(answer))
    except BaseException as error:  # noqa: BLE001 (the parent answers by its rule)
        return ("raised", f"{type(error).__name__}: {error}")


def _plain(value: Any) -> Any:
    convert = getattr(value, "tolist", None)
    return convert() if callable(convert) else value


def _end_with(parent: int) -> None:
    """End when the parent is gone, even while the model hangs."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _read(source: BinaryIO) -> bytes:
    header = source.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return b""
    return source.read(LENGTH.unpack(header)[0])


def _write(target: BinaryIO, message: tuple[str, Any]) -> None:
    try:
        body = msgspec.msgpack.encode(message)
    except (TypeError, ValueError, OverflowError) as error:
        body = msgspec.msgpack.encode(("raised", f"the answer cannot be sent: {error}"))
    target.write(LENGTH.pack(len(body)) + body)
    target.flush()


if __name__ == "__main__":
    serve()
