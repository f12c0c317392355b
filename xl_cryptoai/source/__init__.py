"""What the publication prints and names, with locators, and what its text lacks, as data."""

from xl_cryptoai.source.evidence import Evidence, load_evidence
from xl_cryptoai.source.gaps import Gap, load_gaps
from xl_cryptoai.source.published import PrintedFigure, Publication, load_published
from xl_cryptoai.source.systems import System, load_systems

__all__ = [
    "Evidence",
    "Gap",
    "PrintedFigure",
    "Publication",
    "System",
    "load_evidence",
    "load_gaps",
    "load_published",
    "load_systems",
]
