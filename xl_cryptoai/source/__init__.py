"""What the publication prints: its figures with their locators, as data."""

from xl_cryptoai.source.evidence import Evidence, load_evidence
from xl_cryptoai.source.published import PrintedFigure, Publication, load_published

__all__ = ["Evidence", "PrintedFigure", "Publication", "load_evidence", "load_published"]
