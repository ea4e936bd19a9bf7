"""Finds the tables of a workbook and brings each to one shape: a header row, and one record in each row below it."""

from kelurahan.intake.tables.find import find_tables

__all__ = ["find_tables"]
