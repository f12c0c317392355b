"""Reads a workbook as any program saved it; knows no model."""

from xl_cryptoai.xlsx.cells import (
    Cell,
    CellValue,
    DataTable,
    ErrorValue,
    Formula,
    FormulaKind,
    SharedFormula,
)
from xl_cryptoai.xlsx.names import DefinedName, ExternalLink
from xl_cryptoai.xlsx.references import Area, Place
from xl_cryptoai.xlsx.sheets import Sheet
from xl_cryptoai.xlsx.tables import Table
from xl_cryptoai.xlsx.workbook import Workbook, open_workbook

__all__ = [
    "Area",
    "Cell",
    "CellValue",
    "DataTable",
    "DefinedName",
    "ErrorValue",
    "ExternalLink",
    "Formula",
    "FormulaKind",
    "Place",
    "SharedFormula",
    "Sheet",
    "Table",
    "Workbook",
    "open_workbook",
]
