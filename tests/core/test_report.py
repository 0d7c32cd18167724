"""The reports: honest in words, whole in one file, and able to draw any result a run can give."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from core.report import (
    CrossValidationStory,
    InversionStory,
    MapGrid,
    MisfitStory,
    write_cross_validation_report,
    write_inversion_report,
    write_misfit_report,
)
from core.report.colours import LEVELS, symmetric, terrain
from core.report.focus import focused
from core.report.joint_regional import shares
from core.report.maps import MOST_PIXELS, thinned
from core.report.numbers import number, percent
from core.report.scores import as_good, end_of_range
from core.report.section import section_row
from core.report.stories import JointParts, KnownPlaces

VOID = {"meta", "link", "img", "br", "hr", "input"}
DAMPINGS = (0.01, 0.1, 1.0, 10.0)


@dataclass(frozen=True)
class Grid:
    heights: np.ndarray
    easting: np.ndarray
    northing: np.ndarray


@dataclass(frozen=True)
class Step:
    number: int
    rms: float
    objective: float
    step_rms: float


@dataclass(frozen=True)
class Tried:
    damping: float
    score: float
    iterations: int = 7
    stop_reason: str = "objective"
    relief: np.ndarray | None = None
    relief_rmse: float | None = None
    regional_damping: float | None = None
    relief_score: float | None = None

    @property
    def criterion(self) -> float:
        return self.score if self.relief_score is None else self.score * self.relief_score


class Reader(HTMLParser):
    """Fails on tags that do not match; keeps the text, the attributes and the ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def grid(heights: np.ndarray) -> Grid:
    ny, nx = heights.shape
    return Grid(heights, np.arange(nx) * 500.0, np.arange(ny) * 500.0 + 2000.0)


def hill(ny: int = 9, nx: int = 13) -> np.ndarray:
    north, east = np.mgrid[:ny, :nx]
    return 300 + 80 * np.exp(-(((east - nx / 3) / 3) ** 2) - ((north - ny / 2) / 2) ** 2)


def inversion(**changes: object) -> InversionStory:
    after = hill()
    east, north = np.meshgrid(np.arange(13) * 500.0, np.arange(9) * 500.0 + 2000.0)
    random = np.random.default_rng(3)
    residual = random.normal(scale=0.25, size=east.size)
    gravity = 8 * (after.ravel() - 300) / 80
    story = InversionStory(
        title="A hill",
        starting=grid(np.full_like(after, 310.0)),
        inverted=grid(after),
        easting=east.ravel(),
        northing=north.ravel(),
        height=np.full(east.size, 900.0),
        gravity=gravity,
        predicted=gravity - residual,
        residual=residual,
        iterations=[Step(k, 6 / (k + 1), 90 / (k + 1) ** 2, 40 / (k + 1)) for k in range(5)],
        stop_reason="objective",
        reference_level=310.0,
        density_contrast=2669.0,
    )
    return replace(story, **changes)


def cross_validation(scores: tuple[float, ...], best: int, **changes: object) -> CrossValidationStory:
    trials = [Tried(d, s, relief=hill() + s) for d, s in zip(DAMPINGS, scores, strict=True)]
    story = CrossValidationStory(
        inversion=inversion(),
        trials=trials,
        best_damping=DAMPINGS[best],
        best_score=scores[best],
        test_easting=np.arange(20) * 250.0,
        test_northing=np.arange(20) * 150.0,
        test_difference=np.linspace(-0.6, 0.5, 20),
    )
    return replace(story, **changes)


def misfit(**changes: object) -> MisfitStory:
    base = inversion()
    wave = 3 * np.sin(base.easting / 900)
    story = MisfitStory(
        title="Before",
        easting=base.easting,
        northing=base.northing,
        gravity=base.gravity,
        predicted=base.gravity - wave - 2,
        misfit=wave + 2,
        regional=np.full_like(wave, 2.0),
        residual=wave,
    )
    return replace(story, **changes)


def read(write: object, story: object, folder: Path) -> Reader:
    path = folder / "report.html"
    write(path, story)  # type: ignore[operator]
    return Reader(path.read_text(encoding="utf-8"))


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the figures blank, for tests that read words alone: drawing takes most of a report's time."""
    blank = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
    monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda figure, file, **how: file.write(blank))


@pytest.mark.parametrize(
    ("write", "story"),
    [
        (write_inversion_report, inversion(error=0.2, true=grid(hill() + 4))),
        (write_cross_validation_report, cross_validation((0.9, 0.3, 0.4, 2.0), 1)),
        (write_misfit_report, misfit(relief=grid(hill()))),
    ],
)
def test_a_report_is_whole_html_that_fetches_nothing_and_names_every_figure(write, story, tmp_path):
    report = read(write, story, tmp_path)
    for name in ("src", "href", "xlink:href"):
        for value in report.values(name):
            assert value.startswith(("#", "data:image/png;base64,")), value
    assert not {tag for tag, _, _ in report.attributes} & {"script", "link", "iframe", "object"}
    whole = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "@import" not in whole and not re.search(r"url\((?!#)", whole) and "http" not in whole
    ids = report.values("id")
    assert len(ids) == len(set(ids))
    targets = {value[1:] for value in report.values("href") + report.values("xlink:href") if value[0] == "#"}
    assert targets <= set(ids)
    pictures = [value for tag, name, value in report.attributes if tag == "svg" and name == "aria-label"]
    assert len(pictures) == whole.count("<svg ") >= 4
    assert all(len(words) > 15 for words in pictures)


def test_text_from_the_user_stays_text(tmp_path):
    evil = '<script>alert("1")</script> & Söhne'
    story = inversion(title=evil, settings=((evil, evil),), summary=((evil, evil),), warnings=(evil,))
    report = read(write_inversion_report, story, tmp_path)
    assert "script" not in {tag for tag, _, _ in report.attributes} and "script" not in report.open
    assert report.text.count(evil) >= 6
    assert "<script" not in (tmp_path / "report.html").read_text(encoding="utf-8")


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


@pytest.mark.parametrize(
    ("reason", "words"),
    [("increase,no_progress", "was diverging when it ended"), ("max_iterations", "had not converged")],
)
def test_a_bad_end_is_a_warning(reason, words, tmp_path, undrawn):
    report = read(write_inversion_report, inversion(stop_reason=reason), tmp_path)
    assert words in report.text and "aside" in {tag for tag, _, _ in report.attributes}
    assert "aside" not in {tag for tag, _, _ in read(write_inversion_report, inversion(), tmp_path).attributes}


def test_the_scores_chart_marks_the_best_damping_on_its_curve(tmp_path):
    path = tmp_path / "report.html"
    for best, scores in ((1, (0.9, 0.3, 0.4, 2.0)), (2, (0.9, 0.5, 0.4, 2.0))):
        write_cross_validation_report(path, cross_validation(scores, best))
        html = path.read_text(encoding="utf-8")
        curve = re.search(r'<g class="curve">\s*<path d="([^"]*)"', html)
        ring = re.search(r'<g class="best">.*?<use [^>]*x="([\d.]+)" y="([\d.]+)"', html, re.DOTALL)
        assert curve and ring
        points = [tuple(map(float, pair)) for pair in re.findall(r"[ML] ([\d.]+) ([\d.]+)", curve.group(1))]
        assert len(points) == 4
        assert points[best] == pytest.approx((float(ring.group(1)), float(ring.group(2))))
        assert points[best][1] == max(y for _, y in points)  # SVG counts down: the lowest point is the best


def test_the_cross_validation_report_tells_every_trial_and_the_winner(tmp_path):
    scores = (0.912345, 0.312345, 0.323456, 2.01234)
    story = cross_validation(scores, 1, damping_all=0.277777, split="every second node")
    text = read(write_cross_validation_report, story, tmp_path).text
    for value in (*scores, *DAMPINGS):
        assert number(value, 6) in text
    assert "4 dampings between 0.01 and 10" in text and "20 stations" in text and "every second node" in text
    assert "Damping 0.1 predicted best: 0.3123 mGal" in text
    assert "fitted to all stations with damping 0.27778" in text
    assert "Dampings from 0.1 to 1 score within 5 percent" in text
    assert "end of the range" not in text


def test_a_best_damping_at_an_end_of_the_range_is_a_warning(tmp_path, undrawn):
    low, high = cross_validation((0.2, 0.3, 0.4, 2.0), 0), cross_validation((2.0, 0.9, 0.4, 0.3), 3)
    assert (end_of_range(low), end_of_range(high)) == ("lower", "upper")
    assert "Lower DAMPING_MIN" in read(write_cross_validation_report, low, tmp_path).text
    assert "Raise DAMPING_MAX" in read(write_cross_validation_report, high, tmp_path).text
    alone = replace(low, trials=low.trials[:1])
    assert end_of_range(alone) is None
    assert "One damping was tried" in read(write_cross_validation_report, alone, tmp_path).text


def test_a_score_below_the_data_s_own_error_is_a_warning(tmp_path, undrawn):
    story = cross_validation((0.9, 0.1, 0.4, 2.0), 1)
    assert "not independent" not in read(write_cross_validation_report, story, tmp_path).text
    story = replace(story, inversion=inversion(error=0.2))
    assert "test stations are not independent" in read(write_cross_validation_report, story, tmp_path).text


def test_a_trial_without_a_score_is_listed_and_counted_but_not_drawn(tmp_path):
    text = read(write_cross_validation_report, cross_validation((math.nan, 0.3, 0.4, math.inf), 1), tmp_path).text
    assert "2 trials of 4 gave no score" in text and "not known" in text


def test_known_relief_errors_of_the_trials_say_whether_the_score_chose_well(tmp_path, undrawn):
    story = cross_validation((0.9, 0.3, 0.4, 2.0), 1)
    trials = [replace(t, relief_rmse=e) for t, e in zip(story.trials, (80, 5.5, 4.25, 60), strict=True)]
    story = replace(story, trials=trials, inversion=inversion(true=grid(hill() + 5.5)))
    text = read(write_cross_validation_report, story, tmp_path).text
    assert "Of the trials 1 came closest, 4.25 m" in text and "Relief error (m)" in text


def test_as_good_spans_the_dampings_within_five_percent():
    assert as_good(cross_validation((0.9, 0.3, 0.314, 2.0), 1)) == (0.1, 1.0)
    assert as_good(cross_validation((0.9, 0.3, 0.316, 2.0), 1)) == (0.1, 0.1)


def test_the_misfit_report_tells_what_the_regional_took(tmp_path):
    story = misfit()
    text = read(write_misfit_report, story, tmp_path).text
    assert "The regional field is constant, 2 mGal" in text
    for values in (story.misfit, story.residual):
        assert f"{math.sqrt(np.mean(values**2)):.4g} mGal (RMS)" in text
    zero = misfit(regional=np.zeros(117), residual=story.misfit)
    assert "No regional field was taken out" in read(write_misfit_report, zero, tmp_path).text


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


def test_large_grids_are_thinned_and_the_file_stays_small(tmp_path):
    random = np.random.default_rng(0)
    rough = 300 + 50 * random.normal(size=(1000, 1000))
    assert max(thinned(rough)[0].shape) <= MOST_PIXELS
    east, north = (axis.ravel() for axis in np.meshgrid(np.arange(1000.0), np.arange(1000.0)))
    residual = random.normal(size=10**6)
    axis = np.arange(1000.0)
    big = inversion(
        inverted=grid(rough),
        starting=grid(rough + random.normal(size=rough.shape)),
        true=grid(rough + 3 * random.normal(size=rough.shape)),
        easting=east,
        northing=north,
        height=north,
        gravity=residual * 5,
        predicted=residual * 4,
        residual=residual,
        residual_raster=MapGrid(residual.reshape(1000, 1000), axis, axis),
    )
    assert "one node in 2 each way" in read(write_inversion_report, big, tmp_path).text
    assert (tmp_path / "report.html").stat().st_size < 3_000_000


def test_scales_of_signed_values_are_symmetric_and_not_stretched_by_one_outlier():
    values = np.linspace(-1, 2, 2001)
    scale = symmetric("mGal", values)
    assert (scale.low, scale.high, scale.extend) == (-2, 2, "neither")
    values[7] = -900.0
    scale = symmetric("mGal", values)
    assert scale.low == -scale.high and scale.high < 2.1 and scale.extend == "both"


def test_the_terrain_s_lightness_rises_evenly_with_height():
    rgb = terrain("m", np.array([0.0, 1.0])).colormap()(np.linspace(0, 1, LEVELS))[:, :3]
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lightness = 116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16
    even = np.linspace(lightness[0], lightness[-1], LEVELS)
    assert (np.diff(lightness) > 0).all() and np.abs(lightness - even).max() < 2.5


def test_numbers_read_well():
    given = {0.13894954943731375: "0.13895", 2669.0: "2669", -0.5: "−0.5", 1e-3: "0.001", 0.0: "0"}
    assert {value: number(value, 5) for value in given} == given
    assert number(-0.0) == "0" and number(None) == number(math.nan) == "not known"
    assert number(1234567.4, 4) == "1234567" and number(3.2e-7, 2) == "3.2e-7"
    assert percent(0.99996) == "99.996 percent" and percent(0.5) == "50 percent" and percent(1.0) == "100 percent"


SMOOTH = (0.01, 0.1, 1.0)


def joint_story(best: tuple[int, int] = (1, 1), **changes: object) -> CrossValidationStory:
    """Four dampings with three of the regional: withheld gravity likes one place best, known relief another."""
    trials = [
        Tried(
            d, 1 + 0.01 * abs(i - 2) + j, regional_damping=s, relief_score=80 + 40 * abs(i - best[0]), relief=hill() + j
        )
        for i, d in enumerate(DAMPINGS)
        for j, s in enumerate(SMOOTH)
    ]
    found = next(t for t in trials if (t.damping, t.regional_damping) == (DAMPINGS[best[0]], SMOOTH[best[1]]))
    story = CrossValidationStory(
        inversion=inversion(joint=joint_parts()),
        trials=trials,
        best_damping=found.damping,
        best_score=found.score,
        test_easting=np.arange(20) * 250.0,
        test_northing=np.arange(20) * 150.0,
        test_difference=np.linspace(-0.6, 0.5, 20),
        best_regional_damping=found.regional_damping,
        best_relief_score=found.relief_score,
        relief_withheld="blocks of 300 cells, in 15 turns",
    )
    return replace(story, **changes)


def joint_parts() -> JointParts:
    base = inversion()
    relief = 0.5 * np.cos(np.arange(base.residual.size))
    regional = 30 + base.easting / 1000
    return JointParts(relief + regional + base.residual, relief, regional)


def test_a_joint_cross_validation_tells_both_dampings_both_scores_and_what_was_withheld(tmp_path):
    report = read(write_cross_validation_report, joint_story(), tmp_path)
    for words in (
        "4 dampings between 0.01 and 10 were tried, with 3 of the regional between 0.01 and 1",
        "Damping 0.1 with 0.1 for the regional did best: 2.01 mGal there and 80 m at known relief",
        "blocks of 300 cells, in 15 turns",
        "product of both scores",
        "only relief that is known tells them apart",
        "Score at known relief (m)",
        "Relief and regional: what each took",
    ):
        assert words in report.text, words
    assert "end of the range" not in report.text


def test_stations_withheld_more_than_once_are_called_means(tmp_path, undrawn):
    assert (
        "the RMS of these differences is its score" in read(write_cross_validation_report, joint_story(), tmp_path).text
    )
    assert "the mean of 6 fits" in read(write_cross_validation_report, joint_story(lays=6), tmp_path).text


def test_the_frame_on_the_scores_stands_at_both_best_dampings(tmp_path):
    """Columns go right and rows up, so the frame moves by a column and a row with the best."""
    corners = []
    for best in ((1, 1), (2, 1), (1, 0)):
        write_cross_validation_report(tmp_path / "report.html", joint_story(best))
        html = (tmp_path / "report.html").read_text(encoding="utf-8")
        frame = re.search(r'<g class="best">\s*<path d="M ([\d.]+) ([\d.]+)', html)
        assert frame
        corners.append((float(frame.group(1)), float(frame.group(2))))
        assert html.count('<g class="value"') == 3 * 12  # score, relief score, product
    (x, y), right, down = corners
    assert right[0] > x and right[1] == y
    assert down[0] == x and down[1] > y  # SVG counts down


def test_dampings_that_are_no_grid_are_drawn_as_points(tmp_path):
    story = joint_story()
    scattered = [replace(t, regional_damping=t.regional_damping * (1 + 0.1 * k)) for k, t in enumerate(story.trials)]
    best = scattered[4]
    story = replace(story, trials=scattered, best_regional_damping=best.regional_damping)
    write_cross_validation_report(tmp_path / "report.html", story)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<g class="value"' not in html and '<g class="best"' in html


def test_the_regional_s_damping_at_an_end_and_relief_not_withheld_are_warnings(tmp_path, undrawn):
    low = read(write_cross_validation_report, joint_story((1, 0)), tmp_path).text
    assert "Lower REGIONAL_DAMPING_MIN" in low and "DAMPING_MIN and run again" in low
    assert "Raise REGIONAL_DAMPING_MAX" in read(write_cross_validation_report, joint_story((1, 2)), tmp_path).text
    story = joint_story()
    trials = [replace(t, relief_score=None) for t in story.trials]
    text = read(write_cross_validation_report, replace(story, trials=trials, best_relief_score=None), tmp_path).text
    assert "No known relief could be withheld" in text and "product" not in text


def test_what_regional_and_relief_took_adds_up():
    parts = joint_parts()
    share = shares(parts, np.ones(parts.start.size, bool))
    assert sum(share.values()) == pytest.approx(1.0)
    line = np.arange(10.0)
    alone = shares(JointParts(3 * line, np.zeros(10), 2 * line), np.ones(10, bool))
    assert (alone["regional"], alone["relief"], alone["left"]) == pytest.approx((2 / 3, 0.0, 1 / 3))


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
