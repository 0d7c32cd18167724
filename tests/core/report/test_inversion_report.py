"""The inversion's report: what it says of a run, and that it draws any result a run can give."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.report import write_inversion_report
from core.report.focus import focused
from core.report.section import section_row
from core.report.stories import KnownPlaces

from .stories import Reader, Step, grid, hill, inversion, read


def test_the_inversion_report_tells_the_figures_of_the_run(tmp_path):
    story = inversion(
        error=0.2,
        true=grid(hill() + 4),
        settings=(("Damping", 0.13894954943731375),),
        summary=(("RMS misfit (mGal)", 0.123456),),
        warnings=("3 stations were left out.",),
    )
    text = read(write_inversion_report, story, tmp_path).text
    rms = math.sqrt(np.mean(story.residual**2))
    for words in (
        "0.13895",
        "0.12346",
        "3 stations were left out.",
        "4 iterations",
        f"{rms:.4g} mGal (RMS)",
        "less than the set fraction",
        "the inverted one is 4 m from it",
        "below minus above: +2669 kg/m³: denser below",
        "at northing 4 km",
        "the data's own error of 0.2 mGal",
    ):
        assert words in text, words
    share = 1 - np.var(story.residual) / np.var(story.gravity)
    assert f"{100 * share:.0f} percent of the variance" in text


def test_a_misfit_far_below_or_above_the_errors_is_called_so(tmp_path, undrawn):
    assert "part of the noise" in read(write_inversion_report, inversion(error=1.0), tmp_path).text
    assert "is not explained" in read(write_inversion_report, inversion(error=0.05), tmp_path).text
    assert "No errors of the data were given" in read(write_inversion_report, inversion(), tmp_path).text


def test_withheld_stations_are_kept_out_of_the_fit_that_is_reported(tmp_path):
    residual = np.full(117, 0.1)
    test = np.arange(117) < 17
    residual[test] = 0.7
    text = read(write_inversion_report, inversion(residual=residual, test=test), tmp_path).text
    assert "fits the 100 stations it was given to 0.1 mGal" in text
    assert "predicts 17 stations that had been withheld to 0.7 mGal" in text


def test_warnings_stand_aside_each_once(tmp_path, undrawn):
    words = "The inversion was diverging when it ended."
    report = read(write_inversion_report, inversion(stop_reason="increase", warnings=(words,)), tmp_path)
    assert report.text.count("diverging") == 1 and "aside" in {tag for tag, _, _ in report.attributes}
    assert "aside" not in {tag for tag, _, _ in read(write_inversion_report, inversion(), tmp_path).attributes}


ODD = {
    "NaN at some stations": {"residual": np.where(np.arange(117) % 3 == 0, np.nan, 0.3 * np.arange(117))},
    "no residual at all": {"residual": np.full(117, np.nan)},
    "equal residuals": {"residual": np.full(117, 0.25)},
    "zero residuals": {"residual": np.zeros(117)},
    "no change": {"inverted": grid(np.full((9, 13), 310.0))},
    "flat at zero": {"starting": grid(np.zeros((9, 13))), "inverted": grid(np.zeros((9, 13)))},
    "one column": {"starting": grid(hill()[:, :1]), "inverted": grid(hill()[:, :1] + 3)},
    "one row": {"starting": grid(hill()[:1]), "inverted": grid(hill()[:1] + 3)},
    "no iteration": {"iterations": []},
    "one iteration, no step": {"iterations": [Step(0, 0.0, 0.0, math.nan)]},
    "lighter below": {"density_contrast": -400.0},
    "contrast that varies": {"density_contrast": None},
    "holes in the relief": {"inverted": grid(np.where(hill() > 340, np.nan, hill()))},
    "some cells free": {"free": hill() > 310},
    "no cell free": {"free": np.zeros((9, 13), bool)},
}


@pytest.mark.parametrize("case", ODD)
@pytest.mark.filterwarnings("error")
def test_odd_results_are_drawn_too(case, tmp_path):
    report = read(write_inversion_report, inversion(**ODD[case]), tmp_path)
    assert "Residual gravity" in report.text and "nan" not in report.text.lower().split()


def test_the_section_says_which_side_is_lighter(tmp_path):
    text = read(write_inversion_report, inversion(density_contrast=-400.0), tmp_path).text
    assert "below minus above: −400 kg/m³: lighter below" in text


@pytest.mark.filterwarnings("error")
def test_one_station_is_enough(tmp_path):
    one = {name: getattr(inversion(), name)[:1] for name in ("easting", "northing", "height", "gravity")}
    one |= {"predicted": one["gravity"] - 0.5, "residual": np.array([0.5])}
    assert (
        "fits the 1 station it was given to 0.5 mGal" in read(write_inversion_report, inversion(**one), tmp_path).text
    )


def test_the_section_runs_through_the_largest_change():
    after = hill()
    after[6, 4] = -500.0
    assert section_row(inversion(inverted=grid(after))) == 6


def test_a_small_free_window_is_what_the_maps_show():
    free = np.zeros((60, 80), bool)
    free[20:30, 40:50] = True
    after = np.where(free, 5.0, 0.0)
    story = inversion(starting=grid(np.zeros((60, 80))), inverted=grid(after), true=grid(after), free=free)
    near = focused(story)
    assert near.free.sum() == 100 and near.inverted.heights.shape == (18, 18)
    assert near.inverted.heights[near.free].min() == 5.0 and near.true.heights.shape == (18, 18)
    assert near.inverted.easting[0] == story.inverted.easting[36] and near.inverted.northing.size == 18
    wide = replace(story, free=~free)
    assert focused(wide).inverted.heights.shape == (60, 80)


def test_relief_on_the_penalty_alone_cells_on_limits_and_known_points_are_marked_and_counted(tmp_path):
    after = hill()
    support = np.ones(after.shape, bool)
    support[:, :2] = False
    upper = np.full(after.shape, np.inf)
    upper[4, 4:7] = after[4, 4:7]
    at = np.array([1000.0, 2500.0])
    known = KnownPlaces(at, np.array([4000.0, 4000.0]), np.full(2, 320.0), np.full(2, 5.0), np.array([3.0, -8.0]))
    story = inversion(support=support, upper=upper, known=known)
    write_inversion_report(tmp_path / "report.html", story)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    text = Reader(html).text
    assert "Hatched: 18 of 117 free cells (15 percent)" in text
    assert "Dots: 3 of 117 free cells lie on a limit" in text
    assert "2 points of known relief, met to 6.04 m (RMS), 1 of them within" in text
    assert 'class="known"' in html and 'class="limits"' in html and 'class="limit"' in html and "<pattern" in html
    assert "known points" in text and "limits" in text  # the section's legend


def test_a_contrast_that_varies_with_depth_is_named(tmp_path):
    story = inversion(density_contrast=500.0, density_law="exponential:500,2000")
    text = read(write_inversion_report, story, tmp_path).text
    assert "+500 kg/m³: denser below the relief at the datum, and varying with depth (exponential:500,2000)" in text
