"""A job reads files of this machine and nothing else: what names a place in the network is refused, and GDAL is kept from it.

A raster's file may name others (a virtual raster its sources), so a job from elsewhere could call out, or into a network that
its sender can't reach.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..errors import InputError

NAME = re.compile(
    r"/vsi(curl|s3|gs|az|adls|oss|swift|hdfs|webhdfs)|^\W*(\w+:\W*)?(https?|ftp|s3|gs|dods)://"
    r"|^(WMS|WMTS|WCS|WFS|OGCAPI|EEDAI?|PLMosaic|DAAS|NGW|AmigoCloud|CARTO|Elasticsearch|PG|MySQL|MSSQL):",
    re.IGNORECASE,
)
"""A name that GDAL takes for a place in the network."""
SOURCE = re.compile(rb"<(?:SourceFilename|SourceDataset|ServerUrl|ServiceURL)\b[^>]*>\s*([^<]*)", re.IGNORECASE)
SERVICE = re.compile(rb"<(GDAL_WMS|WMS_Capabilities|WCS_GDAL|GDAL_WMTS|OGRWFSDataSource)\b", re.IGNORECASE)
TEXT_BYTES = 1 << 22
"""So much of a file that begins as XML is looked at."""

SKIPPED_DRIVERS = "WMS WMTS WCS HTTP EEDA EEDAI PLMosaic DAAS STACIT STACTA"  # of those that rasterio brings
OFFLINE = {
    "GDAL_SKIP": SKIPPED_DRIVERS,
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",  # of what it may open by curl: nothing
    "CPL_VSIL_CURL_USE_HEAD": "NO",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "AWS_NO_SIGN_REQUEST": "YES",
    "CPL_AWS_AUTODETECT_EC2": "NO",
    "PROJ_NETWORK": "OFF",
}


def keep_offline() -> None:
    """Set what keeps GDAL and PROJ from the network; it must run before they are imported."""
    os.environ.update(OFFLINE)


def refuse_network(path: str, parameter: str) -> None:
    """Refuse a file's name, or a file, that leads into the network.

    Raises
    ------
    InputError
        It does.
    """
    if NAME.search(path):
        raise _refusal(path, path, parameter)
    file = Path(path)
    if not file.is_file():
        return
    with file.open("rb") as opened:
        head = opened.read(TEXT_BYTES)
    if not head[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return
    if found := SERVICE.search(head):
        raise _refusal(path, found[1].decode(), parameter)
    for source in SOURCE.findall(head):
        text = source.decode("utf-8", "replace").strip()
        if NAME.search(text):
            raise _refusal(path, text, parameter)


def _refusal(path: str, named: str, parameter: str) -> InputError:
    what = f"{path} is" if named == path else f"{path} names {named:.80},"
    return InputError(
        f"{parameter}: {what} a place in the network, and a job reads files of this machine alone. Save it as a GeoTIFF "
        "first (Translate).",
        parameter,
    )
