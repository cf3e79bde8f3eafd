"""Tables in files: CSV, Parquet and JSON lines, read by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from leadline.connectors.warehouse.duck import explained, file_source
from leadline.connectors.warehouse.sql import quoted_name, quoted_text
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

READERS = {
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".txt": "read_csv",
    ".parquet": "read_parquet",
    ".pq": "read_parquet",
    ".json": "read_json",
    ".jsonl": "read_json",
    ".ndjson": "read_json",
}


@contextmanager
def refused(path: str | Path) -> Iterator[None]:
    """Say what is wrong with a file where DuckDB cannot read it."""
    try:
        yield
    except duckdb.Error as error:
        told = explained(error)
        first, hint = told.message, told.hint
        if "No files found" in first:
            first, hint = f"there is no such file in {Path.cwd()}", ""
        raise InputError(
            f"{path} cannot be read: {first}",
            hint=hint or "Check the path, and that the file is what its ending says.",
        ) from None


def count_rows(path: str | Path) -> int:
    """Return how many rows a file has; of Parquet without reading them."""
    query = f"SELECT count(*) FROM {reader(path)}(?)"  # noqa: S608 - ours
    with refused(path), duckdb.connect() as connection:
        found = connection.execute(query, [str(path)]).fetchone()
    return int(found[0]) if found else 0


def read_table(path: str | Path, *, as_frame: bool = False, most: int | None = None) -> Any:
    """Read a file, whole or a sample of its rows.

    Parameters
    ----------
    path : path
        `.csv`, `.tsv`, `.parquet`, `.jsonl`, a compressed one (`.csv.gz`), or a pattern
        of several (`part-*.parquet`).
    as_frame : bool
        Return what models are usually trained on: a pandas table, where pandas is
        installed.
    most : int, optional
        Of a file with more rows than this, so many are drawn at random, the same ones each
        time; the others never enter memory.

    Returns
    -------
    dict of str to array, or pandas.DataFrame
        Column → values, nan or None where they are missing.

    Raises
    ------
    InputError
        The file is absent or cannot be read, or its ending is none that is read here.
    """
    draw = most is not None and count_rows(path) > most
    with refused(path), duckdb.connect() as connection:
        if reader(path) == "read_csv" and Path(path).is_file():
            source, places = _as_written(connection, file_source(Path(path))[0]), []
        else:
            source, places = f"{reader(path)}(?)", [str(path)]
        query = f"SELECT * FROM {source}"  # noqa: S608 - made here
        if draw:  # on one thread the same rows are drawn each time
            connection.execute("SET threads = 1")
            query += f" USING SAMPLE reservoir({most:d} ROWS) REPEATABLE (0)"
        found = connection.execute(query, places)
        if as_frame and find_spec("pandas") is not None:
            return found.df()
        columns = found.fetchnumpy()
    return {str(name): _plain(values) for name, values in columns.items()}


def _as_written(connection: duckdb.DuckDBPyConnection, source: str) -> str:
    """Keep "yes" and "no" as they stand: DuckDB reads them as true and false.

    A model that learned the words would not know them again.
    """
    query = f"DESCRIBE SELECT * FROM {source}"  # noqa: S608 - ours
    described = connection.execute(query).fetchall()
    flags = [str(name) for name, kind, *_ in described if kind == "BOOLEAN"]
    if not flags:
        return source
    words = ", ".join(
        f"bool_and(lower({quoted_name(name)}) IN ('true', 'false'))" for name in flags
    )
    texts = f"{source.removesuffix(')')}, all_varchar = true)"
    plain = connection.execute(f"SELECT {words} FROM {texts}").fetchone()  # noqa: S608 - ours
    kept = [name for name, is_plain in zip(flags, plain or (), strict=True) if not is_plain]
    if not kept:
        return source
    types = ", ".join(f"{quoted_text(name)}: 'VARCHAR'" for name in kept)
    return f"{source.removesuffix(')')}, types = {{{types}}})"


def reader(path: str | Path) -> str:
    """Return DuckDB's function for a file's ending, one under a `.gz` or `.zst` included."""
    endings = [ending.lower() for ending in Path(path).suffixes]
    known = [READERS[ending] for ending in endings if ending in READERS]
    if not known:
        raise InputError(
            f"{path} has no ending that is read here",
            hint=f"Files end in {', '.join(READERS)}, compressed or not.",
        )
    return known[-1]


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    """Turn DuckDB's masks into nan, NaT or None."""
    mask = np.ma.getmaskarray(values)
    data = np.ma.getdata(values)
    if not mask.any():
        return np.asarray(data)
    if data.dtype.kind in "iuf":
        data = data.astype(np.float64)
        data[mask] = np.nan
        return data
    if data.dtype.kind in "mM":
        return np.where(mask, np.array("NaT", dtype=data.dtype), data)
    data = data.astype(object)
    data[mask] = None
    return data
