"""What a service answers to, as an OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from leadline.decisions.record import Outcome

_ERRORS = {
    "400": "The request cannot be read, or the unit is no text or whole number.",
    "401": "The token is missing or wrong.",
    "413": "The request is too large.",
    "500": "The rule failed.",
    "503": "A strict log could not be written.",
}


def openapi(paths: Mapping[str, str], *, has_token: bool) -> dict[str, Any]:
    """Return the document.

    Parameters
    ----------
    paths : dict of decision to its part of the path
    has_token : bool
    """
    from leadline.decisions.service import Asked  # noqa: PLC0415 (the service imports this)

    (asked, outcome), components = msgspec.json.schema_components(
        (Asked, Outcome), ref_template="#/components/schemas/{name}"
    )
    error = {
        "type": "object",
        "properties": {"error": {"type": "string"}},
        "required": ["error"],
    }
    schemas = dict(components) | {"Error": error}
    told = schemas["Outcome"]["properties"]
    told["propensity"] = {"type": ["number", "null"]}  # null after a fallback
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Decisions", "version": "1"},
        "paths": {
            f"/decisions/{path}": {"post": _decision(name, asked, outcome)}
            for name, path in paths.items()
        }
        | {
            f"/{name}": {"get": _plain(what)}
            for name, what in (
                ("health", "The process lives."),
                ("ready", "It takes requests; 503 while it drains."),
                ("metrics", "Counts in Prometheus' text format."),
            )
        },
        "components": {"schemas": schemas},
    }
    if has_token:
        scheme = {"type": "http", "scheme": "bearer"}
        document["components"]["securitySchemes"] = {"token": scheme}
        document["security"] = [{"token": []}]
    return document


def _decision(name: str, asked: Any, outcome: Any) -> dict[str, Any]:
    def content(schema: Any) -> dict[str, Any]:
        return {"application/json": {"schema": schema}}

    failed = {
        status: {
            "description": what,
            "content": content({"$ref": "#/components/schemas/Error"}),
        }
        for status, what in _ERRORS.items()
    }
    return {
        "operationId": name,
        "summary": f"Decide {name} for one unit, and record it.",
        "requestBody": {"required": True, "content": content(asked)},
        "responses": {"200": {"description": "The answer.", "content": content(outcome)}}
        | failed,
    }


def _plain(what: str) -> dict[str, Any]:
    return {"responses": {"200": {"description": what, "content": {"text/plain": {}}}}}
