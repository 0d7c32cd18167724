"""A job reads files of this machine: nothing that it names, or that a file of its names, leads into the network."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.data.network import refuse_network
from core.data.rasters import RasterSource, read_raster
from core.errors import InputError

ROOT = Path(__file__).resolve().parents[3]
VIRTUAL = (
    '<VRTDataset rasterXSize="2" rasterYSize="2"><SRS>EPSG:32633</SRS><GeoTransform>0, 1, 0, 2, 0, -1</GeoTransform>'
    '<Metadata><MDI key="doc">http://example.org/of-no-matter</MDI></Metadata><VRTRasterBand dataType="Float64" band="1">'
    '<SimpleSource><SourceFilename relativeToVRT="0">{}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>'
    "</VRTRasterBand></VRTDataset>"
)


@pytest.fixture
def web():
    """A server on this machine: (its address, the requests it got)."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "name",
    [
        "/vsicurl/{}/a.tif",
        "/vsis3/bucket/a.tif",
        "/vsizip//vsicurl/{}/a.zip/a.tif",
        'NETCDF:"{}/a.nc":z',
        "{}/a.tif",
        "WMS:{}/?SERVICE=WMS",
        "WCS:{}/wcs",
    ],
)
def test_a_name_in_the_network_is_refused_and_nobody_asked(web, name):
    address, asked = web
    with pytest.raises(InputError, match=r"STARTING_RELIEF: .*a place in the network.*\(Translate\)") as told:
        read_raster(RasterSource(name.format(address)), "STARTING_RELIEF")
    assert (told.value.parameter, asked) == ("STARTING_RELIEF", [])


@pytest.mark.parametrize(
    "text",
    [
        VIRTUAL.format("/vsicurl/{}/a.tif"),
        VIRTUAL.format("{}/a.tif"),
        '<GDAL_WMS><Service name="TMS"><ServerUrl>{}/a</ServerUrl></Service></GDAL_WMS>',
        "\n <WMS_Capabilities>{}</WMS_Capabilities>",
    ],
    ids=["virtual raster by curl", "virtual raster by address", "tiles", "capabilities"],
)
def test_a_file_that_leads_into_the_network_is_refused(web, tmp_path, text):
    address, asked = web
    (tmp_path / "a.vrt").write_text(text.replace("{}", address))
    with pytest.raises(InputError, match=r"names .* a place in the network"):
        read_raster(RasterSource(str(tmp_path / "a.vrt")), "GRAVITY")
    assert asked == []


def test_a_virtual_raster_of_this_machine_may_speak_of_addresses(tmp_path):
    (tmp_path / "a.vrt").write_text(VIRTUAL.format("a.tif"))
    refuse_network(str(tmp_path / "a.vrt"), "GRAVITY")


def test_gdal_itself_reaches_nothing(web, tmp_path):
    """A virtual raster of a virtual raster passes our look; GDAL must not follow it all the same."""
    address, asked = web
    (tmp_path / "inner.vrt").write_text(VIRTUAL.format(f"/vsicurl/{address}/a.tif"))
    (tmp_path / "outer.vrt").write_text(VIRTUAL.format(tmp_path / "inner.vrt"))
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from core.worker.doctor import prepare
prepare()
from core.data.rasters import RasterSource, read_raster
from core.errors import InputError
import rasterio
for name in ("outer.vrt", "inner.vrt"):
    try:
        with rasterio.open({str(tmp_path)!r} + "/" + name) as file:
            file.read(1)
    except rasterio.errors.RasterioError:
        print("not read")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.split("\n")[:2], asked) == (["not read", "not read"], []), done.stderr
