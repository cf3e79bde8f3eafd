"""Tables that lie, break off or attack: a clear sentence, and nothing executed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from leadline.errors import LeadlineError
from leadline.library.audit import audit
from leadline.library.experiments import analyze
from leadline.library.ledger import ledger
from leadline.library.pages import audit_page, ledger_page, readout_page

TODAY = date(2026, 3, 1)
HEADER = "experiment,variant,users,conversions\n"
EVIL = '<script>alert(1)</script><img src="x" onerror="alert(2)">'


def test_names_that_are_markup_are_shown_and_never_run() -> None:
    frame = pd.DataFrame(
        {
            "experiment": [EVIL] * 2,
            "variant": ["control", EVIL],
            "users": [1_000, 1_000],
            "conversions": [100, 170],
        }
    )
    pages = [
        readout_page(analyze(frame, today=TODAY)),
        audit_page(audit(frame, today=TODAY)),
        ledger_page(ledger(frame, today=TODAY)),
    ]
    for page in pages:
        assert "<script" not in page
        assert 'src="x"' not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", "has a header but no rows"),
        ("a,control,100,10\n", "at least 2 arms, got 1: control"),
        ("a,control,-100,10\na,new,100,10\n", "units must be a count, got -100"),
        ("a,control,100,110\na,new,100,10\n", "110 conversions of 100 units cannot be"),
        ("a,control,100,NaN\na,new,100,10\n", "has no finite conversions"),
        ("a,control,inf,10\na,new,100,10\n", "has no finite units"),
        ("a,control,one hundred,10\na,new,100,10\n", "no finite units, got 'one hundred'"),
        ("a,control,1000.5,100\na,new,1000,90\n", "units must be a count, got 1000.5"),
        ("a,,1000,100\na,new,1000,90\n", "a row has no arm"),
        ("a,control,0,0\na,new,1000,90\n", "arm control has no units"),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_what_is_wrong(
    rows: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "results.csv"
    path.write_text(HEADER + rows)
    with pytest.raises(LeadlineError) as refused:
        analyze(path, today=TODAY)
    assert message in str(refused.value)


def test_no_encoding_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    text = f"{HEADER}größe,control,1000,100\ngröße,new,1000,170\n"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(LeadlineError, match="not written in UTF-8"):
        analyze(path, today=TODAY)


def test_thousands_of_arms_are_compared_and_adjusted_for(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    rows = "".join(f"a,arm{i},1000,{90 + i % 30}\n" for i in range(2_000))
    path.write_text(f"{HEADER}a,control,1000,100\n{rows}")
    result = analyze(path, today=TODAY)
    assert len(result.results) == 2_000
    # closed form: Holm's smallest p-value of 2,000 is at least the raw one, and no arm that
    # differs by 2 points at most from its control survives it
    assert not any(entry.is_significant for entry in result.results)
