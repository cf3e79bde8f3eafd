"""Decisions in a real PostgreSQL: each once, whatever is repeated, torn or cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from leadline import Decision
from leadline.decisions import Choice, DecisionLog, load_into_postgresql
from leadline.errors import ConnectorError, InputError


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


def decide(log: Any, n: int, **features: Any) -> list[str]:
    decision = Decision(
        "home", rule=lambda f: Choice("popular", 0.5), shadow=lambda f: "similar", log=log
    )
    return [decision.decide(f"u{k}", {"x": k} | features).decision_id for k in range(n)]


def rows(url: str, table: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            f"SELECT decision_id, unit, features->>'x', action#>>'{{}}', arm_propensity, "
            f"action_propensity, shadows->'model'->>'action', \"at\" FROM {table} ORDER BY unit"
        ).fetchall()


def test_a_log_is_loaded_once_however_often_it_is_loaded(url: str, tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    ids = decide(log, 9)
    first = load_into_postgresql(tmp_path, url, table="one", batch=4)
    assert (first.n_read, first.n_new, first.problems) == (9, 9, ())
    again = load_into_postgresql(tmp_path, url, table="one")  # it is still being written
    assert (again.n_read, again.n_new) == (9, 0)
    log.close()
    assert load_into_postgresql(tmp_path, url, table="one").n_new == 0
    assert list(tmp_path.iterdir()) == []
    found = rows(url, "one")
    assert [row[0] for row in found] == ids
    assert found[3][1:7] == ("u3", "3", "popular", 1.0, 0.5, "similar")
    assert found[3][7].tzinfo is not None


def test_a_torn_record_is_said_and_kept_and_the_rest_is_loaded(
    url: str, tmp_path: Path
) -> None:
    log = DecisionLog(tmp_path)
    decide(log, 5)
    log.append(b'{"unknown": 1}')
    log.close()
    (segment,) = tmp_path.glob("*.log")
    segment.write_bytes(segment.read_bytes()[:-3])
    found = load_into_postgresql(tmp_path, url, table="two")
    assert (found.n_new, len(found.problems)) == (5, 1)
    assert [path.suffix for path in tmp_path.iterdir()] == [".torn"]


def test_text_that_postgresql_cannot_hold_does_not_stop_the_rest(
    url: str, tmp_path: Path
) -> None:
    log = DecisionLog(tmp_path)
    decide(log, 2, text="a\x00b")
    log.append(b'{"unknown": 1}')
    log.close()
    found = load_into_postgresql(tmp_path, url, table="three")
    assert found.n_new == 2
    assert "another version" in found.problems[0]


def test_a_database_that_is_gone_costs_nothing(url: str, tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    decide(log, 2)
    log.close()
    with pytest.raises(ConnectorError, match="cannot be loaded into decisions"):
        load_into_postgresql(tmp_path, "postgresql://127.0.0.1:1/none")
    assert len(list(tmp_path.glob("*.log"))) == 1
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE odd (a int)")
    with pytest.raises(ConnectorError, match="cannot be loaded into odd"):
        load_into_postgresql(tmp_path, url, table="odd")
    assert load_into_postgresql(tmp_path, url, table="four").n_new == 2


def test_what_cannot_be_loaded_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="there is no folder"):
        load_into_postgresql(tmp_path / "absent", url)
    with pytest.raises(InputError, match="at least one decision"):
        load_into_postgresql(tmp_path, url, batch=0)
