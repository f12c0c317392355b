"""The template workbooks: every assumption in a cell, every step as a call and a native formula."""

from xl_cryptoai.workbook.build import build
from xl_cryptoai.workbook.package import is_as_built
from xl_cryptoai.workbook.routes import ROUTES, Route

__all__ = ["ROUTES", "Route", "build", "is_as_built"]
