"""The template workbooks: every assumption in a cell, every step as a call and a native twin."""

from xl_cryptoai.workbook.build import build, build_all
from xl_cryptoai.workbook.routes import ROUTES, Route

__all__ = ["ROUTES", "Route", "build", "build_all"]
