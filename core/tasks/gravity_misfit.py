"""gravitymisfit: observed less predicted gravity of the starting relief, and its regional part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..data.gridding import station_raster
from ..data.relief import Relief
from ..data.stations import Stations
from ..events.protocol import Reporter
from ..job.jobs import GravityMisfitJob
from ..operators.choice import choose_operator
from ..regional.method import Samples
from ..regional.separation import Separation, separate
from ..report.telling import misfit_story
from ..results.outputs import Outputs
from ..results.station_table import result_columns
from ..results.verdict import give_verdict
from ..survey.contrast_check import density_parameter, doubt_contrast_unit
from ..survey.known_checks import check_known_heights
from ..survey.known_points import KnownPoints, inside, read_known_points
from ..survey.level_check import check_levels, doubt_reference_level
from ..survey.sign_check import check_sign
from ..survey.sign_evidence import doubt_sign
from ..survey.survey import Survey, read_survey
from ..validation.scores import rms


def run(job: GravityMisfitJob, reporter: Reporter) -> dict[str, Any]:
    with Outputs(job.outputs()) as outputs:
        reporter.progress(0.0, "Reading the data", until=0.2)
        survey = read_survey(job, reporter)
        check_levels(job, survey, reporter)
        points = _known(job, survey, reporter)
        given = survey.stations
        used = given.used
        reporter.progress(0.2, f"Computing gravity at {int(used.sum())} stations")
        predicted = np.full(given.size, np.nan)
        chosen = given.where(used)
        operator = choose_operator(
            chosen,
            survey.relief.grid,
            survey.contrast,
            job.reference_level,
            tolerance=job.tolerance,
            expected=survey.relief.heights,
            data=chosen.gravity,
            reporter=reporter,
            law=survey.law,
        )
        predicted[used] = operator.gravity(survey.relief.heights)
        doubt_reference_level(job, survey, predicted, operator.gravity, reporter)
        doubted = doubt_sign(survey, predicted, operator.gravity, points, density_parameter(job), reporter)
        reporter.progress(0.4, "Separating the regional")
        rest = chosen.gravity - predicted[used] - chosen.regional
        samples = Samples(chosen.easting, chosen.northing, rest, 1.0 / chosen.error**2)
        separation = separate(job, survey, samples, reporter)
        found = np.zeros(given.size)
        found[used] = separation.predict(chosen.easting, chosen.northing)
        stations = replace(given, regional=given.regional + found)
        misfit = stations.gravity - predicted
        residual = misfit - stations.regional
        doubt_contrast_unit(
            stations,
            misfit - given.regional,
            residual,
            survey.relief,
            survey.contrast,
            survey.law,
            density_parameter(job),
            reporter,
        )
        if not doubted:
            parameter = density_parameter(job)
            check_sign(stations, predicted, survey.relief, survey.contrast, reporter, survey.law, parameter)
        reporter.progress(0.6, "Writing rasters")
        for key, values in (("misfit", misfit), ("residual", residual)):
            outputs.raster(key, station_raster(stations, values, survey.relief.grid))
        regional = regional_raster(given, separation, survey.relief)
        outputs.raster("regional_raster", regional)
        outputs.table("stations", result_columns(stations, predicted, stations.test))
        told = tuple(reporter.warnings)
        verdict = give_verdict(reporter)
        if "report" in outputs:
            from ..report import write_misfit_report

            reporter.progress(0.8, "Drawing the report")
            whole = replace(survey, stations=stations)
            story = misfit_story(job, whole, predicted, separation, regional, verdict, told)
            write_misfit_report(outputs.stage("report"), story)
    figures = {} if separation.score is None else {"regional_score": separation.score}
    return {
        **outputs.paths(),
        **figures,
        "verdict": verdict.number,
        "rms_misfit": rms(misfit[used]),
        "rms_residual": rms(residual[used]),
        "crs": stations.crs.to_wkt(),
    }


def _known(job: GravityMisfitJob, survey: Survey, reporter: Reporter) -> KnownPoints | None:
    """The known points, checked; the regional that needs them reads them once more and says what it leaves out."""
    if job.known_points is None:
        return None
    quiet = reporter.quiet()
    points = inside(read_known_points(job, survey.relief.grid.crs, quiet), survey.relief, quiet)
    check_known_heights(points, survey.stations, survey.relief, reporter)
    return points


def regional_raster(stations: Stations, separation: Separation, relief: Relief) -> Relief:
    """The regional as a raster, with values where the stations reach: what REGIONAL_FIELD holds plus what was found.

    On the relief's grid the method itself is asked at the cells' centres, not its values at the stations interpolated.
    """
    raster = station_raster(stations, np.where(stations.used, stations.regional, np.nan), relief.grid)
    there = np.isfinite(raster.heights).ravel()
    east, north = (values[there] for values in raster.grid.centres())
    east, north = relief.grid.bring(east, north, raster.grid.crs)
    values = raster.heights.ravel().copy()
    values[there] += separation.predict(east, north)
    return raster.with_heights(values.reshape(raster.heights.shape))
