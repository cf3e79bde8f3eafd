"""Decisions over HTTP, for callers that are not written in Python.

The way of a decision is bare ASGI; what is asked seldom (health, metrics, OpenAPI) goes
through Starlette.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from hmac import compare_digest
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from leadline.decisions.decision import Decision
from leadline.decisions.record import Outcome, encode_outcome
from leadline.decisions.service_metrics import CONTENT_TYPE, Metrics, Shared
from leadline.decisions.service_openapi import openapi
from leadline.errors import InputError, LeadlineError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST_BODY = 1_000_000
"""Bytes of a request."""

_JSON = (b"content-type", b"application/json")


class Asked(msgspec.Struct, frozen=True):
    """A request for a decision.

    Attributes
    ----------
    unit : str or int
        The id that keeps its arm.
    features : dict
    features_reference : str
        Where the features are kept; given this, they are not put into the log.
    """

    unit: str | int
    features: dict[str, Any] = {}
    features_reference: str = ""


class RefusalError(Exception):
    """A request that is answered with an error; carries its status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Service:
    """An ASGI application that answers for some decisions.

    Parameters
    ----------
    decisions : dict of name to Decision
        Answered at `POST /decisions/NAME`. They are started and closed with the service.
    token : str
        What callers must send as `Authorization: Bearer …`; empty lets everybody in.
    shared : Shared, optional
        Memory for counts, where several processes serve.
    process : int
        Number of this one among them.
    """

    def __init__(
        self,
        decisions: Mapping[str, Decision],
        *,
        token: str = "",
        shared: Shared | None = None,
        process: int = 0,
    ) -> None:
        if not decisions:
            raise InputError("a service needs at least one decision")
        self.is_draining = False
        self._decisions = dict(decisions)
        self._routes = {f"/decisions/{name}": name for name in decisions}
        self._authorization = f"Bearer {token}".encode() if token else b""
        self._metrics = Metrics(decisions, shared=shared or Shared(1), process=process)
        self._decoder = msgspec.json.Decoder(Asked)
        self._openapi = msgspec.json.encode(
            openapi({name: quote(name) for name in decisions}, has_token=bool(token))
        )
        self._seldom = Starlette(
            routes=[
                Route("/health", self._health),
                Route("/ready", self._ready),
                Route("/metrics", self._metrics_page),
                Route("/openapi.json", self._openapi_page),
            ],
            lifespan=self._lifespan,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or start and stop with the server."""
        if scope["type"] != "http" or not scope["path"].startswith("/decisions/"):
            await self._seldom(scope, receive, send)
            return
        status = 200
        try:
            body = encode_outcome(await self._decide(scope, receive))
        except Exception as error:  # noqa: BLE001 (a rule may raise anything)
            status, body = self._told(error, scope)
        self._metrics.responded(status)
        headers = [_JSON, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _told(self, error: Exception, scope: Scope) -> tuple[int, bytes]:
        """Return the status and the words for what went wrong."""
        if isinstance(error, RefusalError):
            return error.status, _told(str(error))
        if isinstance(error, InputError | msgspec.MsgspecError):
            return 400, _told(str(error))
        if isinstance(error, LeadlineError):  # a strict log that could not be written
            return 503, _told(str(error))
        name = self._routes[scope["path"]]  # told to the log, not to the caller
        self._decisions[name].problems.say("rule_raised", f"{name}: {error!r}")
        return 500, _told("the rule failed; the service's own log says how")

    async def _decide(self, scope: Scope, receive: Receive) -> Outcome:
        if self._authorization and not _is_allowed(scope, self._authorization):
            raise RefusalError(401, "send the service's token as Authorization: Bearer …")
        name = self._routes.get(scope["path"])
        if name is None:
            known = ", ".join(self._decisions)
            raise RefusalError(404, f"no decision is named so; there are {known}")
        if scope["method"] != "POST":
            raise RefusalError(405, "a decision is asked for with POST")
        message = await receive()
        body = message.get("body", b"")
        if message.get("more_body"):
            body = await _rest_of(body, receive)
        if len(body) > LARGEST_BODY:
            raise RefusalError(413, f"a request has at most {LARGEST_BODY} bytes")
        asked = self._decoder.decode(body)
        decision = self._decisions[name]
        unit, features, reference = asked.unit, asked.features, asked.features_reference
        if decision.may_wait:
            outcome = await decision.adecide(unit, features, features_reference=reference)
        else:
            outcome = decision.decide(unit, features, features_reference=reference)
        self._metrics.decided(name, outcome)
        return outcome

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        for decision in self._decisions.values():
            await asyncio.to_thread(decision.start)
        try:
            yield
        finally:
            for decision in self._decisions.values():
                await asyncio.to_thread(decision.close)

    async def _health(self, _: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def _ready(self, _: Request) -> Response:
        if self.is_draining:
            return PlainTextResponse("draining\n", status_code=503)
        return PlainTextResponse("ready\n")

    async def _metrics_page(self, request: Request) -> Response:
        if self._authorization and not _is_allowed(request.scope, self._authorization):
            return PlainTextResponse("send the service's token\n", status_code=401)
        return Response(self._metrics.text(), headers={"content-type": CONTENT_TYPE})

    async def _openapi_page(self, _: Request) -> Response:
        return Response(self._openapi, media_type="application/json")


def _is_allowed(scope: Scope, expected: bytes) -> bool:
    return any(
        name == b"authorization" and compare_digest(value, expected)
        for name, value in scope["headers"]
    )


async def _rest_of(body: bytes, receive: Receive) -> bytes:
    parts, size, more = [body], len(body), True
    while more and size <= LARGEST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusalError(400, "the request ended too soon")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
    return b"".join(parts)


def _told(message: str) -> bytes:
    return msgspec.json.encode({"error": message})
