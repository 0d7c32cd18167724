"""What a run did, as one HTML file that opens offline: figures, tables, and how far to trust them.

Imported by `tasks`.
"""

from .cross_validation_report import write_cross_validation_report
from .inversion_report import write_inversion_report
from .misfit_report import write_misfit_report
from .stories import CrossValidationStory, InversionStory, MapGrid, MisfitStory

__all__ = [
    "CrossValidationStory",
    "InversionStory",
    "MapGrid",
    "MisfitStory",
    "write_cross_validation_report",
    "write_inversion_report",
    "write_misfit_report",
]
