"""The table of cases: what people give, and what must come of it. A row is data; a fault named stands for its kind."""

from __future__ import annotations

from .case import Case
from .table_faults import FAULTS
from .table_files import FILES
from .table_places import PLACES
from .table_results import RESULTS
from .table_signs import SIGNS
from .table_units import UNITS
from .table_voids import VOIDS

CASES: tuple[Case, ...] = (*UNITS, *VOIDS, *SIGNS, *PLACES, *FILES, *RESULTS, *FAULTS)
