"""Tables where they are: files, DuckDB, PostgreSQL and Spark, one SQL for all of them."""

from leadline.connectors.warehouse.locations import open_pair, open_table
from leadline.connectors.warehouse.tables import Column, Engine, Table

__all__ = ["Column", "Engine", "Table", "open_pair", "open_table"]
