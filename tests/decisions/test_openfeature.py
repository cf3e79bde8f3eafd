"""The provider through OpenFeature's own client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode

from leadline import Decision
from leadline.decisions import Problems, Split, read_log
from leadline.decisions.openfeature import DecisionProvider, Flag
from leadline.errors import InputError

HALF = Split(salt="banner", weights={"off": 1, "on": 1}, holdout=0.2)
CONTEXT = EvaluationContext("u1", {"km": 3})


def kind_of(features: dict[str, Any]) -> Any:
    return {"text": "popular", "number": 0.5, "whole": 2, "list": ["a"], "flag": True}[
        features["kind"]
    ]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[OpenFeatureClient]:
    problems = Problems(hook=lambda kind, message: None)
    provider = DecisionProvider(
        {
            "home": Decision("home", rule=kind_of, log=tmp_path / "log"),
            "banner": Flag(split=HALF, values={"off": False, "on": True}, otherwise=False),
        },
        problems=problems,
    )
    api.set_provider(provider)
    yield api.get_client()
    api.shutdown()
    api.clear_providers()


def test_a_flag_is_the_arm_of_the_hash(client: OpenFeatureClient) -> None:
    for n in range(50):
        found = client.get_boolean_details("banner", True, EvaluationContext(f"u{n}"))
        assert found.variant == HALF.assign(f"u{n}")
        assert found.value is (found.variant == "on")
        assert found.reason == "SPLIT"


def test_a_decision_is_recorded_and_its_id_is_told(
    client: OpenFeatureClient, tmp_path: Path
) -> None:
    context = EvaluationContext("u1", {"kind": "text"})
    found = client.get_string_details("home", "x", context)
    assert (found.value, found.variant) == ("popular", "rule")
    api.shutdown()
    (record,) = read_log(tmp_path / "log").records
    assert record.decision_id == found.flag_metadata["decision_id"]
    assert (record.unit, record.features) == ("u1", {"kind": "text"})


@pytest.mark.parametrize(
    ("ask", "kind", "default", "expected"),
    [
        ("string", "text", "x", "popular"),
        ("float", "number", 0.0, 0.5),
        ("float", "whole", 0.0, 2),
        ("integer", "whole", 0, 2),
        ("object", "list", [], ["a"]),
        ("boolean", "flag", False, True),
        ("string", "number", "x", "x"),
        ("integer", "flag", 7, 7),
    ],
)
def test_every_kind_of_value_and_no_other(
    client: OpenFeatureClient, ask: str, kind: str, default: Any, expected: Any
) -> None:
    details = getattr(client, f"get_{ask}_details")
    found = details("home", default, EvaluationContext("u1", {"kind": kind}))
    assert found.value == expected
    assert (found.error_code == ErrorCode.TYPE_MISMATCH) is (found.value is default)


def test_what_cannot_be_answered_gives_the_default_and_the_reason(
    client: OpenFeatureClient,
) -> None:
    cases = [
        ("absent", CONTEXT, ErrorCode.FLAG_NOT_FOUND),
        ("home", EvaluationContext(), ErrorCode.TARGETING_KEY_MISSING),
        ("home", CONTEXT, ErrorCode.GENERAL),  # its rule needs a kind
    ]
    for key, context, code in cases:
        found = client.get_string_details(key, "default", context)
        assert (found.value, found.error_code) == ("default", code)


def test_a_flag_needs_a_value_for_each_arm() -> None:
    with pytest.raises(InputError, match="the arms are off, on"):
        Flag(split=HALF, values={"on": True}, otherwise=False)
