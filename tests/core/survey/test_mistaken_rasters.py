"""A mask given for a relief, a relief for a mask or for densities: told by what the cells hold."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError

from .basement import INVERSION, LEVEL, SHAPE, run_case, told, write_raster

ROWS, COLS = np.mgrid[0:30, 0:40].astype(float)
MASK = (COLS > 10).astype(float)


@pytest.fixture
def inversion(basement, tmp_path):
    """Run an inversion of one iteration: the warnings."""

    def run(**keys):
        basement.write(tmp_path)
        return told(run_case(tmp_path, {**INVERSION, "max_iterations": 50, **keys})[1])

    return run


@pytest.mark.parametrize("values", [MASK, 255.0 * MASK, MASK + (COLS > 30)])
def test_a_mask_for_a_starting_relief_is_doubted(misfit, tmp_path, values):
    write_raster(tmp_path / "mask.tif", values)
    texts = misfit(starting_relief="mask.tif", reference_level=0)
    assert any("STARTING_RELIEF holds nothing but 0 and " in text and "as a mask does" in text for text in texts)


def test_a_flat_or_stepped_relief_is_no_mask(misfit, tmp_path):
    for values in (np.full(SHAPE, 1.0), np.where(MASK > 0, -1500.0, 0.0), MASK + 0.5 * (ROWS > 4), 2.0 * MASK):
        write_raster(tmp_path / "relief.tif", values)
        assert not any("mask" in text for text in misfit(starting_relief="relief.tif"))


def test_the_start_for_a_mask_or_for_densities_is_refused(inversion, misfit, tmp_path, basement):
    write_raster(tmp_path / "uneven.tif", basement.true)
    with pytest.raises(InputError, match="FREE_CELLS holds the heights of the starting relief"):
        inversion(starting_relief="uneven.tif", free_cells="uneven.tif")
    with pytest.raises(InputError, match="DENSITY_GRID holds the heights of the starting relief"):
        misfit(starting_relief="uneven.tif", density_grid="true.tif")


@pytest.mark.parametrize("whole", [True, False])
def test_another_relief_for_a_mask_is_doubted(inversion, tmp_path, basement, whole):
    write_raster(tmp_path / "relief.tif", np.round(basement.true - 90.0) if whole else basement.true - 90.0)
    (text,) = [text for text in inversion(free_cells="relief.tif") if "FREE_CELLS" in text]
    assert "different numbers from -19" in text and "every cell that is not exactly 0 is free" in text


def test_masks_of_classes_and_of_shares_are_right(inversion, tmp_path):
    for values in (MASK, 255.0 * MASK, np.floor(COLS / 4.0) + 10.0 * np.floor(ROWS / 9.0), COLS / 39.0, -MASK):
        write_raster(tmp_path / "mask.tif", values)
        assert inversion(free_cells="mask.tif") == []


def test_a_void_in_a_mask_is_not_free_and_said(inversion, tmp_path):
    write_raster(tmp_path / "mask.tif", np.where(ROWS < 3, -9999.0, MASK))
    (text,) = inversion(free_cells="mask.tif")
    assert "FREE_CELLS has 120 cells of -9999, far from all around, taken as empty: not free" in text


def test_voids_in_limits_are_no_limits_and_said(inversion, tmp_path):
    limit = np.full(SHAPE, LEVEL - 400.0)
    write_raster(tmp_path / "lower.tif", np.where(ROWS < 3, 9999.0, limit))
    write_raster(tmp_path / "upper.tif", np.where(ROWS < 2, -9999.0, limit + 900.0))
    lower, upper = inversion(lower_limit="lower.tif", upper_limit="upper.tif")
    assert "LOWER_LIMIT has 120 cells of 9999" in lower and "UPPER_LIMIT has 80 cells of -9999" in upper
    assert "taken as empty: no limit" in lower


def test_voids_in_the_true_relief_are_not_scored(basement, inversion, tmp_path):
    right = (
        run_case(tmp_path, {**INVERSION, "true_relief": "true.tif", "max_iterations": 50})
        if inversion() == []
        else None
    )
    holes = np.where(ROWS * COLS == 0.0, -9999.0, basement.true)
    write_raster(tmp_path / "holes.tif", holes)
    outputs, events = run_case(tmp_path, {**INVERSION, "true_relief": "holes.tif", "max_iterations": 50})
    (text,) = told(events)
    assert "TRUE_RELIEF has 69 cells of -9999" in text and "not scored" in text
    assert outputs["relief_rmse"] == pytest.approx(right[0]["relief_rmse"], rel=0.2)
    assert outputs["verdict"] == 0


def test_a_zero_filled_collar_of_a_start_is_doubted_and_a_shore_is_not(misfit, tmp_path, basement):
    collar = (ROWS < 2) | (COLS > 35)
    write_raster(tmp_path / "start.tif", basement.true)
    basement_start = np.where(collar, 0.0, basement.true)
    write_raster(tmp_path / "collar.tif", basement_start)
    text = next(text for text in misfit(starting_relief="collar.tif") if "exactly 0 m" in text)
    assert f"STARTING_RELIEF has {int(collar.sum())} cells of exactly 0 m, far from those beside them" in text
    shore = np.minimum(-30.0 * (COLS - 10.0) + 15.0 * np.sin(ROWS), 0.0)
    blocks = np.where(COLS > 10, -2000.0, 0.0)
    for values in (shore, blocks):
        write_raster(tmp_path / "shore.tif", values)
        assert not any("exactly 0" in text for text in misfit(starting_relief="shore.tif"))
