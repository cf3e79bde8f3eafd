"""Running a service: sockets, processes, and an end that cuts nobody off."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

import uvicorn

from leadline.connectors.saved_models import load_model
from leadline.decisions.decision import Decision
from leadline.decisions.service import Service
from leadline.decisions.service_metrics import Shared
from leadline.errors import ConnectorError, InputError, LeadlineError

LOGGER = logging.getLogger("leadline.decisions")

LOOPBACK = ("127.0.0.1", "::1", "localhost")

_RESTART_AFTER = 1.0

_REFUSED = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How a service runs.

    Attributes
    ----------
    host : str
    port : int
        0 takes any free one.
    processes : int
        All answer on the same port.
    token : str
    drain : float
        Seconds in which it still answers, but says that it is not ready, after it was
        told to end: time for a balancer to look elsewhere.
    finish : float
        Seconds that requests on their way may take after that.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 1
    token: str = ""
    drain: float = 0.0
    finish: float = 10.0

    def __post_init__(self) -> None:
        if self.processes < 1:
            raise InputError(f"at least one process is needed, got {self.processes}")
        if self.host not in LOOPBACK and not self.token:
            raise InputError(
                f"a service that others reach on {self.host} needs a token",
                hint="Put one into LEADLINE_SERVE_TOKEN, or listen on 127.0.0.1.",
            )


def load_decisions(place: str) -> dict[str, Decision]:
    """Return the decisions at `module:object`.

    Parameters
    ----------
    place : str
        A decision, a list or dict of them, or a function that makes one of these.

    Raises
    ------
    InputError
        It is none of these.
    """
    found: Any = load_model(place)
    if callable(found) and not isinstance(found, Decision):
        found = found()
    if isinstance(found, Decision):
        found = [found]
    if isinstance(found, Mapping):
        found = list(found.values())
    if not isinstance(found, list | tuple) or not all(isinstance(o, Decision) for o in found):
        raise InputError(
            f"{place} is a {type(found).__name__}, not a Decision or a list of them",
            hint="For example shop.decisions:home, where home = leadline.Decision(…).",
        )
    return {decision.name: decision for decision in found}


def serve(place: str, options: Options, *, tell: Callable[[str], None]) -> None:
    """Serve until the process is told to end (SIGTERM, or Ctrl-C).

    Parameters
    ----------
    place : str
        `module:object`, loaded by each process.
    options : Options
    tell : callable
        Hears where it listens.
    """
    listening = _listen(options)
    host, port = listening.getsockname()[:2]
    shared = Shared(options.processes)
    if options.processes == 1:
        service = Service(load_decisions(place), token=options.token, shared=shared)
        tell(f"http://{host}:{port}")
        _run(service, listening, options)
        return
    tell(f"http://{host}:{port}")

    def run_one(number: int) -> None:
        service = Service(
            load_decisions(place), token=options.token, shared=shared, process=number
        )
        _run(service, listening, options)

    _Processes(options.processes, run_one).run()


def _listen(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((options.host, options.port))
    except OSError as error:
        listening.close()
        raise ConnectorError(
            f"port {options.port} of {options.host} cannot be had: {error.strerror}",
            permanent=True,
            hint="Give another --port; 0 takes any free one.",
        ) from error
    listening.listen(2048)
    listening.setblocking(False)  # noqa: FBT003 (the socket's own signature)
    return listening


class _Server(uvicorn.Server):
    """Goes on answering for a while after it was told to end, and says it is not ready."""

    def __init__(self, config: uvicorn.Config, *, service: Service, drain: float) -> None:
        super().__init__(config)
        self._service = service
        self._drain = drain

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End at once when told twice, or when there is nothing to wait for."""
        if self._service.is_draining or self._drain <= 0:
            super().handle_exit(sig, frame)
            return
        self._service.is_draining = True
        asyncio.get_running_loop().call_later(self._drain, super().handle_exit, sig, frame)


def _run(service: Service, listening: socket.socket, options: Options) -> None:
    config = uvicorn.Config(
        service,
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=max(1, round(options.finish)),
    )
    _Server(config, service=service, drain=options.drain).run(sockets=[listening])


class _Processes:
    """Some processes that do the same; one that dies is started again."""

    def __init__(self, n_processes: int, run_one: Callable[[int], None]) -> None:
        self._n_processes = n_processes
        self._run_one = run_one
        self._numbers: dict[int, int] = {}
        self._is_ending = False

    def run(self) -> None:
        """Run until told to end, and until all have ended."""
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._end)
        for number in range(self._n_processes):
            self._start(number)
        while self._numbers:
            process, status = os.wait()
            number = self._numbers.pop(process, -1)
            if number < 0 or self._is_ending:
                continue
            if os.waitstatus_to_exitcode(status) == _REFUSED:
                self._end()
                raise InputError("the service cannot start; the reason stands above")
            LOGGER.error("process %d ended with %d; another one starts", process, status)
            time.sleep(_RESTART_AFTER)
            if not self._is_ending:
                self._start(number)

    def _end(self, *_: object) -> None:
        self._is_ending = True
        for process in self._numbers:
            os.kill(process, signal.SIGTERM)

    def _start(self, number: int) -> None:
        process = os.fork()
        if process:
            self._numbers[process] = number
            return
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            self._run_one(number)
            code = 0
        except LeadlineError as error:
            LOGGER.error("%s", error)  # noqa: TRY400 (a user's mistake needs no trace)
            code = _REFUSED
        except Exception:
            LOGGER.exception("process %d of the service failed", number)
        finally:
            os._exit(code)
