"""The contrast's sign by a start that is not flat and by known points; where neither tells, nothing is said."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from .basement import EASTING, LEVEL, NORTHING, SHAPE, write_raster, write_table

EAST, NORTH = np.meshgrid(EASTING, NORTHING)
WRONG = {"density_contrast": -400.0}


@pytest.fixture
def signs(misfit, basement, tmp_path):
    """The doubts about signs from a starting relief."""

    def run(start=None, gravity=None, **keys):
        if start is not None:
            write_raster(tmp_path / "other.tif", start)
            keys["starting_relief"] = "other.tif"
        columns = {} if gravity is None else {"gravity": gravity}
        return [text for text in misfit(columns, **keys) if "sign" in text]

    return run


def smooth(basement):
    return gaussian_filter(basement.true, 3)


def regional(basement):
    """mGal, several times the signal's 2.8."""
    x, y = basement.easting - 420e3, basement.northing - 5515e3
    return 12.0 * np.sin(x / 15e3) + 9.0 * np.cos(y / 13e3) - 1e-3 * x


def test_a_smooth_start_tells_the_sign_with_both_figures(signs, basement):
    (text,) = signs(smooth(basement), **WRONG)
    assert "Less a trend of degree" in text and "Check the sign of DENSITY_CONTRAST" in text
    right, turned = (float(part.split(" mGal")[0].split()[-1]) for part in text.split(",")[1:3])
    assert right > 3.0 * turned


@pytest.mark.parametrize("method", [0, 1, 2, 3, 4])
def test_with_the_right_sign_nothing_is_said_whatever_the_regional(signs, basement, method):
    assert signs(smooth(basement), regional=method) == []


@pytest.mark.parametrize("method", [0, 1, 2])
def test_a_regional_far_stronger_than_the_signal_neither_hides_nor_feigns_it(signs, basement, method):
    gravity = basement.gravity + regional(basement)
    assert signs(basement.true, gravity, regional=method) == []
    assert len(signs(basement.true, gravity, regional=method, **WRONG)) == 1


def test_gravity_positive_up_is_named_too(signs, basement):
    (text,) = signs(smooth(basement), -basement.gravity)
    assert "gravity (positive down)" in text


def test_a_start_that_is_turned_upside_down_is_named_too(signs, basement):
    """Hills where hollows are: so a relief of depths looks whose level nothing tells."""
    (text,) = signs(2.0 * LEVEL - smooth(basement))
    assert "STARTING_RELIEF (heights, depths negative)" in text


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_starts_of_noise_or_of_another_shape_say_nothing(signs, basement, sign):
    room = np.random.default_rng(8)
    for smoothness in (0, 1, 2, 4):
        field = room.standard_normal(SHAPE)
        field = gaussian_filter(field, smoothness) if smoothness else field
        assert signs(LEVEL + 200.0 * field / field.std(), density_contrast=sign * 400.0) == []


def test_a_flat_start_says_nothing(signs):
    assert signs() == [] and signs(**WRONG) == []


def test_a_law_as_it_is_published_is_told_by_its_name(signs, basement):
    law = {"density_datum": 0, "regional": 1}
    assert signs(smooth(basement), density_law="exponential:400,20000", **law) == []
    (text,) = signs(smooth(basement), density_law="exponential:-400,20000", **law)
    assert "Check the sign of DENSITY_LAW" in text


def test_contrasts_of_both_signs_have_no_sign(signs, basement, tmp_path):
    write_raster(tmp_path / "both.tif", np.where((EAST + NORTH) // 1000 % 2 > 0, 400.0, -400.0))
    assert signs(smooth(basement), density_grid="both.tif") == []
    write_raster(tmp_path / "one.tif", np.full(SHAPE, -400.0))
    (text,) = signs(smooth(basement), density_grid="one.tif")
    assert "Check the sign of DENSITY_GRID" in text


@pytest.fixture
def at_points(signs, basement, tmp_path):
    """The doubts of a flat start with known points, whose heights a function changes."""

    def run(change=lambda heights: heights, count=30, **keys):
        chosen = np.random.default_rng(4).choice(EAST.size, count, replace=False)
        places = {"easting": EAST.ravel()[chosen], "northing": NORTH.ravel()[chosen]}
        write_table(tmp_path / "known.csv", **places, bed=change(basement.true.ravel()[chosen]))
        return [text for text in signs(known_points="known.csv", known_field="bed", **keys) if "opposed" in text]

    return run


@pytest.mark.parametrize("method", [0, 1, 2, 5])
def test_known_points_tell_the_sign(at_points, method):
    assert at_points(regional=method) == []
    (text,) = at_points(regional=method, **WRONG)
    assert "known points the misfit is opposed to what their heights ask for (correlation -0.9" in text
    assert "Check the sign of DENSITY_CONTRAST" in text and "KNOWN_FIELD" in text


def test_few_points_or_such_as_are_noise_tell_nothing(at_points):
    assert at_points(count=5, **WRONG) == []
    for seed in range(6):
        noise = np.random.default_rng(seed).normal(LEVEL, 200.0, 30)
        assert at_points(lambda heights, noise=noise: noise) == []


def test_known_points_amid_a_strong_regional_say_nothing(at_points, signs, basement, tmp_path):
    chosen = np.random.default_rng(4).choice(EAST.size, 30, replace=False)
    places = {"easting": EAST.ravel()[chosen], "northing": NORTH.ravel()[chosen]}
    write_table(tmp_path / "known.csv", **places, bed=basement.true.ravel()[chosen])
    gravity = basement.gravity + regional(basement)
    for contrast in (400.0, -400.0):
        keys = {"known_points": "known.csv", "known_field": "bed", "density_contrast": contrast}
        assert signs(None, gravity, regional=2, **keys) == []
