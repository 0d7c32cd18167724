"""NetCDF grids are placed by their own axes where GDAL places them wrong or not at all: by unit, order, direction."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import xarray
from scipy.io import netcdf_file

from core.data.rasters import RasterSource, raster_grid, read_raster
from core.errors import InputError

UTM = "EPSG:32633"
EASTING, NORTHING = 400_000.0 + 1000.0 * np.arange(6), 5_500_000.0 + 1000.0 * np.arange(5)
VALUES = np.arange(30.0).reshape(5, 6)  # row 0 the southernmost
LONGITUDE, LATITUDE = 10.0 + 0.1 * np.arange(6), 50.0 + 0.1 * np.arange(5)
EAST, NORTH = {"units": "degrees_east"}, {"units": "degrees_north"}


def write(path, x, y, names=("x", "y"), rows_along_x=False, attributes=({}, {}), crs=UTM):
    """A grid with `VALUES`, its axes as they are given; coordinates need not ascend."""
    values = VALUES[np.argsort(np.argsort(y))][:, np.argsort(np.argsort(x))]
    dims = names if rows_along_x else names[::-1]
    axes = {name: (name, axis, told) for name, axis, told in zip(names, (x, y), attributes, strict=True)}
    dataset = xarray.Dataset({"z": (dims, values.T if rows_along_x else values)}, coords=axes)
    if crs:
        dataset["crs"] = ((), 0, pyproj.CRS(crs).to_cf())
        dataset["z"].attrs["grid_mapping"] = "crs"
    dataset.to_netcdf(path, engine="scipy")
    return path


def read(path, **settings):
    return read_raster(RasterSource(str(path), **settings), "RELIEF")


def projected(unit):
    return tuple({"standard_name": f"projection_{side}_coordinate", "units": unit} for side in "xy")


def is_right(relief, easting=EASTING, northing=NORTHING):
    np.testing.assert_array_equal(relief.heights, VALUES)
    np.testing.assert_allclose(relief.easting, easting, rtol=1e-12)
    np.testing.assert_allclose(relief.northing, northing, rtol=1e-12)


@pytest.mark.parametrize("told", [projected("km"), ({"units": "km"}, {"units": "km"})])
def test_axes_in_kilometres_beside_a_system_in_metres(tmp_path, told):
    relief = read(write(tmp_path / "km.nc", EASTING / 1000.0, NORTHING / 1000.0, attributes=told))
    is_right(relief)
    assert len(relief.notes) == 2
    assert all("is in km, and its system in metre: converted (times 1000)" in note for note in relief.notes)
    assert raster_grid(RasterSource(str(tmp_path / "km.nc")), "RELIEF").same_as(relief.grid)


def test_one_axis_in_feet(tmp_path):
    told = ({"units": "ft"}, {"units": "m"})
    relief = read(write(tmp_path / "ft.nc", EASTING / 0.3048, NORTHING, attributes=told))
    is_right(relief)
    (note,) = relief.notes
    assert "the axis x of" in note and "in ft" in note and "times 0.3048" in note


def test_axes_and_system_in_kilometres_are_of_one_unit(tmp_path):
    km = "+proj=utm +zone=33 +datum=WGS84 +units=km"
    relief = read(
        write(tmp_path / "km.nc", EASTING / 1000.0, NORTHING / 1000.0, attributes=projected("km"), crs=km), crs=km
    )
    assert relief.notes == ()
    np.testing.assert_allclose(relief.easting, EASTING / 1000.0)


@pytest.mark.parametrize("names", [("x", "y"), ("X", "Y"), ("easting", "northing"), ("Easting", "Northing")])
@pytest.mark.parametrize("flips", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_axes_without_attributes_whichever_way_they_run(tmp_path, names, flips):
    path = write(tmp_path / "bare.nc", EASTING[:: flips[0]], NORTHING[:: flips[1]], names)
    is_right(read(path))


@pytest.mark.parametrize("told", [({}, {}), projected("m")])
@pytest.mark.parametrize("flips", [(1, 1), (1, -1), (-1, 1)])
def test_rows_that_run_along_x(tmp_path, told, flips):
    """GDAL takes the last axis for x whatever it is called."""
    is_right(read(write(tmp_path / "xy.nc", EASTING[:: flips[0]], NORTHING[:: flips[1]], ("x", "y"), True, told)))


@pytest.mark.parametrize("told", [({}, {}), (EAST, NORTH)])
@pytest.mark.parametrize("rows_along_x", [False, True])
def test_longitudes_and_latitudes_need_no_system(tmp_path, told, rows_along_x):
    path = write(tmp_path / "ll.nc", LONGITUDE, LATITUDE, ("lon", "lat"), rows_along_x, told, crs=None)
    relief = read(path)
    is_right(relief, LONGITUDE, LATITUDE)
    assert relief.grid.crs.to_epsg() == 4326


def test_longitudes_beyond_180_are_the_same_places(tmp_path):
    relief = read(write(tmp_path / "ll.nc", LONGITUDE + 180.0, LATITUDE, ("lon", "lat"), False, (EAST, NORTH), None))
    np.testing.assert_array_equal(relief.heights, VALUES)
    np.testing.assert_allclose(relief.sample(LONGITUDE + 180.0, np.full(6, 50.0)), VALUES[0], atol=1e-9)
    np.testing.assert_allclose(relief.sample(LONGITUDE - 180.0, np.full(6, 50.0)), VALUES[0], atol=1e-9)


def test_degrees_beside_a_projected_system_are_refused(tmp_path):
    path = write(tmp_path / "ll.nc", LONGITUDE, LATITUDE, ("lon", "lat"), False, (EAST, NORTH), None)
    told = r"the axes of .*ll.nc are in degrees_east, and its coordinate reference system EPSG:32633 in metre"
    with pytest.raises(InputError, match=told):
        read(path, crs=UTM)


def test_without_a_system_there_is_none_unless_the_grid_is_local(tmp_path):
    path = write(tmp_path / "bare.nc", EASTING, NORTHING, crs=None)
    with pytest.raises(InputError, match=r"has no coordinate reference system\..*LOCAL_GRID"):
        read(path)
    is_right(read(path, crs=UTM))
    relief = read(path, local=True)
    is_right(relief)
    assert relief.grid.crs.is_engineering


@pytest.mark.parametrize("digits", [np.float32, np.float64])
def test_axes_of_few_digits_are_even(tmp_path, digits):
    """A step of 1 m at 5,500,000 m is uneven by half of it in 32 bits; one of 25 m is not."""
    northing = (5_500_000.0 + 25.0 * np.arange(5)).astype(digits)
    assert read(write(tmp_path / "single.nc", EASTING, northing)).grid.dy == pytest.approx(25.0, abs=0.2)


def test_an_axis_that_lacks_a_value_is_uneven(tmp_path):
    northing = NORTHING.copy()
    northing[2] = np.nan
    with pytest.raises(InputError, match="differ in size: along y most steps are"):
        read(write(tmp_path / "gap.nc", EASTING, northing))


def old_grid(path, node_offset, x, y, unit="m"):
    """A grid as GMT 3 wrote it: rows from the north, in one line."""
    with netcdf_file(path, "w") as file:
        file.createDimension("side", 2)
        file.createDimension("xysize", 30)
        for name, ends in (("x_range", x), ("y_range", y), ("z_range", (0.0, 29.0)), ("spacing", (1000.0, 1000.0))):
            variable = file.createVariable(name, "d", ("side",))
            variable[:] = ends
            variable.units = unit
        file.createVariable("dimension", "i", ("side",))[:] = (6, 5)
        variable = file.createVariable("z", "f", ("xysize",))
        variable[:] = VALUES[::-1].ravel()
        variable.scale_factor, variable.add_offset, variable.node_offset = 2.0, -5.0, node_offset
    return path


@pytest.mark.parametrize(("node_offset", "half"), [(0, 0.0), (1, 500.0)])
def test_an_old_gmt_grid_by_its_centres_or_its_edges(tmp_path, node_offset, half):
    """GDAL knows the format no more."""
    x, y = ((axis[0] - half, axis[-1] + half) for axis in (EASTING, NORTHING))
    path = old_grid(tmp_path / "old.grd", node_offset, x, y)
    relief = read(path, crs=UTM)
    np.testing.assert_array_equal(relief.heights, 2.0 * VALUES - 5.0)
    np.testing.assert_allclose(relief.easting, EASTING)
    np.testing.assert_allclose(relief.northing, NORTHING)
    with pytest.raises(InputError, match="no coordinate reference system"):
        read(path)


def test_an_old_gmt_grid_in_degrees(tmp_path):
    path = old_grid(tmp_path / "old.grd", 0, (10.0, 11.0), (50.0, 51.0), "degrees")
    assert read(path).grid.crs.to_epsg() == 4326


def test_an_old_gmt_grid_as_gravity(engine, survey, tmp_path):
    old_grid(tmp_path / "old.grd", 0, (3000.0, 8000.0), (2000.0, 6000.0))
    job = {**survey, "gravity": {"path": "old.grd", "crs": "EPSG:3031"}, "height": 1000, "regional": 0}
    del job["height_field"]
    run = engine(task="gravitymisfit", **job, stations="out.csv")
    assert run.code == 0, run.events[-1]
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 31
