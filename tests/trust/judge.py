"""What must hold after every fault, whatever it was."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

from .folders import State, changes, clear_temp, state, temp_leftovers

STUDY = "study.log"
SAME = 1e-3  # m, mGal
LOCK = f"{STUDY}.lock"  # only where a file can't be both locked and written


def content(path: Path) -> Any:
    """What a result says, read as a user's program would read it; an error where it is not whole."""
    from osgeo import gdal, ogr

    gdal.UseExceptions()
    ogr.UseExceptions()
    suffix = path.suffix.lower()
    if suffix in (".tif", ".nc"):
        return gdal.Open(str(path)).ReadAsArray().ravel().tolist()
    if suffix in (".gpkg", ".shp", ".geojson") or suffix == ".csv":
        rows = []
        source = ogr.Open(str(path))
        for number in range(source.GetLayerCount()):
            layer = source.GetLayer(number)
            rows += [[layer.GetName(), *feature.items().values()] for feature in layer]
        return rows
    if suffix == ".html":
        text = path.read_text(encoding="utf-8").rstrip()
        assert text.endswith("</html>"), f"{path.name} is cut short"
        return "a page"
    if path.name == STUDY:
        return [list(json.loads(line)) != [] for line in path.read_text().splitlines()] != []
    return hashlib.sha256(path.read_bytes()).hexdigest()


def contents(folder: Path, names: list[str]) -> dict[str, Any]:
    return {name: content(folder / name) for name in names}


def judge(
    folder: Path,
    before: State,
    reference: dict[str, Any],
    succeeded: bool,
    said: str,
    kept_in_temp: bool = False,
    hidden_may_stay: bool = False,
    temp_may_stay: bool = False,
) -> list[str]:
    """The problems after a run.

    Parameters
    ----------
    folder : Path
        Where its results go.
    before : dict
        The folder's state before it.
    reference : dict
        What each result must say where the run succeeds.
    succeeded : bool
        What it claims.
    said : str
        Its last sentence.
    kept_in_temp : bool
        An internal error may keep the job's folder and a log.
    hidden_may_stay : bool
        All who could clean up were killed: the next run does.
    temp_may_stay : bool
        The same of the job's folder alone, which is made before there is an engine.
    """
    after = {name: digest for name, digest in state(folder).items() if name not in (STUDY, LOCK)}
    before = {name: digest for name, digest in before.items() if name not in (STUDY, LOCK)}
    if hidden_may_stay:
        after = {name: digest for name, digest in after.items() if not name.startswith(".")}
    problems = [] if succeeded else changes(before, after)
    if succeeded:
        problems += [f"{name} is left over" for name in after if name.startswith(".")]
        problems += wrong(folder, reference)
    elif not said.strip().endswith((".", "!")) or "Traceback" in said:
        problems.append(f"no sentence was said: {said!r}")
    if not (hidden_may_stay or temp_may_stay):
        problems += [f"{name} is left in the temporary folder" for name in temp_leftovers() if not kept_in_temp]
        clear_temp()
    return problems


def alike(found: Any, expected: Any) -> bool:
    """Whether two contents agree: numbers but for what another order of summing changes."""
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(map(alike, found, expected))
    try:
        one, other = float(found), float(expected)
    except (TypeError, ValueError):
        return bool(found == expected)
    return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=SAME, abs_tol=SAME)


def wrong(folder: Path, reference: dict[str, Any]) -> list[str]:
    """The results that are not what they should be."""
    problems = []
    for name, expected in reference.items():
        try:
            if not alike(content(folder / name), expected):
                problems.append(f"{name} does not hold what it should")
        except Exception as error:
            problems.append(f"{name} can't be read: {error}")
    return problems
