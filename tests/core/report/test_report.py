"""What all reports share: whole in one file, safe with a user's text, and with figures, colours and numbers that read well."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from core.report import MapGrid, write_cross_validation_report, write_inversion_report, write_misfit_report
from core.report.colours import LEVELS, symmetric, terrain
from core.report.maps import MOST_PIXELS, thinned
from core.report.numbers import number, percent

from .stories import cross_validation, grid, hill, inversion, misfit, read


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


def test_the_misfit_report_tells_what_the_regional_took(tmp_path):
    story = misfit()
    text = read(write_misfit_report, story, tmp_path).text
    assert "The regional field is constant, 2 mGal" in text
    for values in (story.misfit, story.residual):
        assert f"{math.sqrt(np.mean(values**2)):.4g} mGal (RMS)" in text
    zero = misfit(regional=np.zeros(117), residual=story.misfit)
    assert "No regional field was taken out" in read(write_misfit_report, zero, tmp_path).text


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
