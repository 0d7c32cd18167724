"""Write the cases that QGIS is tried with: `python -m tests.cases FOLDER`, a folder each and index.json."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from .table import CASES


def main(folder: Path) -> None:
    index = []
    for number, case in enumerate(case for case in CASES if case.qgis):
        place = folder / f"{number:03}"
        case.make(place)
        index.append({"id": case.id, "folder": str(place), "right": {**asdict(case.right), "outputs": None}})
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.cases", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    main(parser.parse_args().folder)
