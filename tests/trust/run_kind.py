"""One kind of fault, case after case: `run_kind.py KIND`, started by tools/trust.py under the Python that has QGIS.

Each case appends a line to build/trust/KIND.jsonl, so that a crash loses none of those before it.
"""

from __future__ import annotations

import importlib.util
import json
import random
import sys
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def register() -> None:
    """Make the repository's root the package `gravrelief`, as QGIS does."""
    spec = importlib.util.spec_from_file_location(
        "gravrelief", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["gravrelief"] = package
    spec.loader.exec_module(package)


def main(kind: str) -> int:
    register()
    kinds = importlib.import_module("gravrelief.tests.trust.kinds")
    folders = importlib.import_module("gravrelief.tests.trust.folders")
    folders.start(kind)
    ledger = folders.TRUST / f"{kind}.jsonl"
    ledger.write_text("")
    chance = random.Random(f"trust {kind}")
    cases = kinds.KINDS[kind](chance)
    failed = 0
    while True:
        before = time.monotonic()
        try:
            what, problems = next(cases)
        except StopIteration:
            break
        except Exception:
            what, problems = "the case itself", [traceback.format_exc()]
        failed += bool(problems)
        line = {"what": what, "problems": problems, "seconds": round(time.monotonic() - before, 1)}
        with ledger.open("a") as file:
            file.write(json.dumps(line) + "\n")
        if problems:
            print(f"  {kind}: {what}\n    " + "\n    ".join(problems), flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
