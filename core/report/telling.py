"""What the reports are told of a run: settings and figures in words, from jobs and results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from ..assembly.setting import InversionSetting
from ..data.gridding import station_raster
from ..data.padding import data_support
from ..data.relief import Relief
from ..data.stations import Stations
from ..inversion.gauss_newton import InversionResult
from ..inversion.stopping import REASONS
from ..job.jobs import GravityMisfitJob
from ..job.parts import SurveyJob
from ..regional.separation import Separation
from ..results.inversion import stations_with_regional
from ..results.verdict import Verdict
from ..selection.study import Trial
from ..selection.withholding import Withholding
from ..survey.survey import Survey
from ..validation.scores import expected_score, rms
from .numbers import counted
from .stories import (
    CrossValidationStory,
    Entry,
    InversionStory,
    JointParts,
    KnownPlaces,
    MapGrid,
    MisfitStory,
)

SPLIT_WORDS = (
    "the stations that a field marks",
    "all but every second node of the stations' grid",
    "every station {times}, by spatial blocks, in {turns} turns",
    "every station {times}, at random, in {turns} turns",
)
NOT_SETTINGS = ("strict", "study", "test_field")


def misfit_story(
    job: GravityMisfitJob,
    survey: Survey,
    predicted: np.ndarray,
    separation: Separation,
    regional: Relief,
    verdict: Verdict,
    warnings: tuple[str, ...],
) -> MisfitStory:
    """The story of a misfit; arrays are of all stations, the story's of those used."""
    stations = survey.stations
    used = stations.where(stations.used)
    misfit = stations.gravity - predicted
    rasters = {
        name: _map(station_raster(stations, values, survey.relief.grid))
        for name, values in (
            ("misfit_raster", misfit),
            ("residual_raster", misfit - stations.regional),
        )
    }
    return MisfitStory(
        title="Gravity misfit",
        easting=used.easting,
        northing=used.northing,
        gravity=used.gravity,
        predicted=predicted[stations.used],
        misfit=misfit[stations.used],
        regional=used.regional,
        residual=(misfit - stations.regional)[stations.used],
        settings=_settings(job),
        summary=_data_summary(survey) + _separation_summary(separation),
        verdict=verdict.sentence,
        warnings=warnings,
        relief=survey.relief,
        regional_raster=_map(regional),
        regional_by=separation.name if separation.scores else "",
        regional_score=separation.score,
        regional_scores=separation.scores,
        regional_at_known=job.known_points is not None,
        **rasters,
    )


def inversion_story(
    setting: InversionSetting,
    result: InversionResult,
    predicted: np.ndarray,
    test: np.ndarray,
    figures: dict[str, Any],
    verdict: Verdict,
    warnings: tuple[str, ...],
    title: str = "Inversion of gravity for relief",
) -> InversionStory:
    """The story of an inversion."""
    job, survey = setting.job, setting.survey
    stations = stations_with_regional(setting, result)
    used = stations.where(stations.used)
    residual = stations.gravity - predicted - stations.regional
    constant = np.ptp(survey.contrast) == 0
    return InversionStory(
        title=title,
        starting=survey.relief,
        inverted=survey.relief.with_heights(result.heights),
        easting=used.easting,
        northing=used.northing,
        height=used.height,
        gravity=used.gravity,
        predicted=predicted[stations.used],
        residual=residual[stations.used],
        iterations=result.iterations,
        stop_reason="; ".join(REASONS[reason] for reason in result.stop_reason),
        reference_level=job.reference_level,
        density_contrast=float(survey.contrast.flat[0]) if constant else None,
        settings=_settings(job),
        summary=_data_summary(survey) + _figure_summary(figures),
        verdict=verdict.sentence,
        warnings=warnings,
        regional=used.regional,
        test=test[stations.used] if test.any() else None,
        free=setting.view.free,
        true=None if setting.true is None else survey.relief.with_heights(setting.true),
        relief_rmse=figures.get("relief_rmse"),
        error=expected_score(used.error) if stations.has_errors else None,
        residual_raster=_map(station_raster(stations, residual, survey.relief.grid)),
        support=data_support(survey.stations, survey.relief, setting.view.free).heights == 1.0,
        lower=setting.lower,
        upper=setting.upper,
        known=_known_places(setting, result.heights),
        joint=_joint_parts(setting, stations, predicted),
        density_law=job.density_law or "",
        slab_first=setting.at_stations,
    )


def cross_validation_story(
    setting: InversionSetting,
    result: InversionResult,
    predicted: np.ndarray,
    withholding: Withholding,
    figures: dict[str, Any],
    verdict: Verdict,
    warnings: tuple[str, ...],
    trials: Sequence[Trial],
    missed: np.ndarray,
) -> CrossValidationStory:
    """The story of a search for the damping, and of the inversion that followed.

    `missed` is predicted less observed at every withheld station, by an inversion that had not seen it, mGal.
    """
    job = withholding.job
    stations = setting.survey.stations
    refit_all = job.refit == 1
    withheld = withholding.withheld
    shown = np.zeros_like(withheld) if refit_all else withheld
    title = "Damping by cross validation"
    return CrossValidationStory(
        inversion=inversion_story(setting, result, predicted, shown, figures, verdict, warnings, title),
        trials=trials,
        best_damping=figures["best_damping"],
        best_score=figures["best_score"],
        test_easting=stations.easting[withheld],
        test_northing=stations.northing[withheld],
        test_difference=missed,
        damping_all=figures["damping_all"] if refit_all else None,
        split=SPLIT_WORDS[job.split].format(
            turns=len(withholding.tests), times="once" if withholding.lays == 1 else f"{withholding.lays} times"
        ),
        lays=withholding.lays,
        axes=_grid_axes(withholding),
        best_regional_damping=figures.get("best_regional_damping"),
        best_relief_score=figures.get("best_relief_score"),
        relief_withheld=_relief_withheld(withholding),
    )


def _grid_axes(withholding: Withholding) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """The two dampings of a grid, where there are two and a grid."""
    dimensions = withholding.dimensions()
    if withholding.job.search == 1 or len(dimensions) < 2:
        return None
    return tuple(dimensions[0].values()), tuple(dimensions[1].values())


def _known_places(setting: InversionSetting, heights: np.ndarray) -> KnownPlaces | None:
    """The points of known relief; their places from their bilinear neighbours."""
    known = setting.view.known
    if known is None:
        return None
    east, north = setting.survey.relief.grid.centres()
    missed = known.rows @ heights.ravel() - known.value
    return KnownPlaces(known.rows @ east, known.rows @ north, known.value, known.error, missed)


def _joint_parts(setting: InversionSetting, found: Stations, predicted: np.ndarray) -> JointParts | None:
    """What regional and relief took, at the used stations; nothing where they were not found together."""
    if not setting.joint:
        return None
    before, used = setting.survey.stations.regional, found.used
    start = found.gravity - setting.start_gravity - before
    relief, regional = predicted - setting.start_gravity, found.regional - before
    return JointParts(start[used], relief[used], regional[used])


def _relief_withheld(withholding: Withholding) -> str:
    """What of the known relief was withheld, in words."""
    turns = withholding.relief.turns
    cells = sum(turn.cells.size for turn in turns)
    points = sum(turn.points.value.size for turn in turns if turn.points is not None)
    words = []
    if cells:
        words.append(
            f"blocks of cells about as large as the unknown region, {cells} cells near stations in all, set free and "
            "started from a smooth surface through what lies around them"
        )
    if points:
        words.append(f"points of known relief by blocks, {points} in all")
    return f"{' and '.join(words)}, in {counted(len(turns), 'turn')}, each inverted with all stations"


def _settings(job: SurveyJob) -> tuple[Entry, ...]:
    """Every setting of a job that is not a file to write, with its help text's first words as the label."""
    entries: list[Entry] = []
    for item in fields(job):
        value = getattr(job, item.name)
        if item.metadata["output"] or value is None or item.name in NOT_SETTINGS:
            continue
        labels = item.metadata["kind"].schema.get("x-labels")
        entries.append((item.name.upper(), labels[value] if labels else _plain(value)))
    return tuple(entries)


def _plain(value: Any) -> str | float | int:
    if hasattr(value, "path"):
        return str(value.path).replace("\\", "/").rsplit("/", 1)[-1]
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _data_summary(survey: Survey) -> tuple[Entry, ...]:
    grid, stations = survey.relief.grid, survey.stations
    return (
        ("Stations used", int(stations.used.sum())),
        ("Stations given", stations.size),
        ("Cells", f"{grid.shape[1]} x {grid.shape[0]} of {grid.dx:g} x {grid.dy:g} m"),
        ("Coordinate reference system", grid.crs.name),
        ("RMS of the gravity (mGal)", rms(stations.gravity[stations.used])),
    )


def _separation_summary(separation: Separation) -> tuple[Entry, ...]:
    entry = ("Regional by", f"{separation.name} ({separation.settings})")
    return (entry,) if separation.score is None else (entry, ("Score of the regional", separation.score))


def _figure_summary(figures: dict[str, Any]) -> tuple[Entry, ...]:
    labels = {
        "best_damping": "Best damping",
        "damping_all": "Damping for all stations",
        "best_score": "Best score (mGal)",
        "score": "Score at the withheld stations (mGal)",
        "rms_misfit": "RMS of the residual at the fitted stations (mGal)",
        "best_regional_damping": "Best damping of the regional",
        "regional_damping_all": "Damping of the regional for all stations",
        "best_relief_score": "Score at the withheld known relief (m)",
        "rms_start": "RMS of the starting misfit (mGal)",
        "rms_relief_part": "RMS of what the relief's change took of it (mGal)",
        "rms_regional_part": "RMS of what the regional took of it (mGal)",
        "iterations": "Iterations",
        "relief_rmse": "RMSE against the true relief (m)",
    }
    return tuple((label, figures[name]) for name, label in labels.items() if name in figures)


def _map(raster: Relief) -> MapGrid:
    return MapGrid(raster.heights, raster.easting, raster.northing)
