"""The sheet detective: mends proposed for whole groups of rows."""

from __future__ import annotations

from kelurahan.intake.columns import Table
from kelurahan.intake.parsed import Parsed, Repair


def find_repairs(table: Table, parsed: Parsed, beside: None = None) -> list[Repair]:
    """Repairs that the rows of a table ask for."""
    return []


def apply(repair: Repair, table: Table) -> None:
    """Change the cells of the table's sheet, so that reading it again gives the repaired rows."""
