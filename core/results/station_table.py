"""The table of stations that tasks return."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..data.columns import Columns
from ..data.stations import Stations


def station_columns(stations: Stations, *names: str, **computed: np.ndarray) -> Columns:
    """Every station with its coordinates, its own columns of these names, and computed ones.

    Parameters
    ----------
    stations : Stations
    *names : str
        Fields of the stations.
    **computed : array (n,)
        More columns; NaN where not computed.
    """
    own = {name: getattr(stations, name).astype(float) for name in names}
    places = {"easting": stations.easting, "northing": stations.northing}
    return Columns({**places, **own, **computed}, crs=stations.crs.to_wkt())


def result_columns(stations: Stations, predicted: np.ndarray, test: np.ndarray) -> Columns:
    """The table of a misfit or an inversion.

    Of stations that were averaged each one shows its own gravity and error beside what was computed for their place, and
    counts as used.

    Parameters
    ----------
    stations : Stations
        `regional` is what was taken off.
    predicted : array (n,)
        Gravity of the relief, mGal; NaN at stations that are not used.
    test : array of bool (n,)
        Which were withheld.
    """
    if stations.readings is not None:
        carrier = stations.readings.carrier
        predicted, test = predicted[carrier], test[carrier]
        stations = replace(
            stations,
            gravity=stations.readings.gravity,
            error=stations.readings.error,
            regional=stations.regional[carrier],
            used=stations.used[carrier],
        )
    misfit = stations.gravity - predicted
    regional = np.where(stations.used, stations.regional, np.nan)
    columns = station_columns(
        stations,
        "gravity",
        "height",
        predicted=predicted,
        misfit=misfit,
        regional=regional,
        residual=misfit - regional,
        test=test.astype(float),
        used=stations.used.astype(float),
    )
    if stations.has_errors:
        columns.numbers["error"] = stations.error
    return columns
