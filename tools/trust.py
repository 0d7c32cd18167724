"""Try faults by the hundred and see that no result is lost, half there or a lie: build/trust.json and a table; `make trust`.

`tools/trust.py [KIND ...]` tries some kinds alone; those of the table before are kept. Everything lies under build/trust, on disks
of its own where a disk must be full; without root those kinds are skipped.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "trust"))
TRUST, TABLE = ROOT / "build" / "trust", ROOT / "build" / "trust.json"
RUNNER = ROOT / "tests" / "trust" / "run_kind.py"
SECONDS_A_KIND = 1800
os.environ.setdefault("GRAVRELIEF_HOME", str(ROOT / "build" / "engine-home"))

run_kind = importlib.import_module("run_kind")
run_kind.register()
kinds = importlib.import_module("gravrelief.tests.trust.kinds")
mounts = importlib.import_module("gravrelief.tests.trust.mounts")
jobs = importlib.import_module("gravrelief.tests.trust.jobs")


def try_kind(kind: str) -> dict[str, int]:
    """Run a kind's cases in a process of their own, and count them."""
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, str(RUNNER), kind], env=surroundings, timeout=SECONDS_A_KIND, check=False
        )
        crashed = done.returncode not in (0, 1)
    except subprocess.TimeoutExpired:
        crashed = True
    finally:
        mounts.unmount_all(TRUST)
    ledger = TRUST / f"{kind}.jsonl"
    lines = [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []
    if crashed or not lines:
        print(f"  {kind}: its process ended early", flush=True)
    return {"tried": len(lines) + crashed, "survived": sum(not line["problems"] for line in lines)}


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(kinds.KINDS))
    if unknown:
        print(f"There is no kind {', '.join(unknown)}. Known: {', '.join(kinds.KINDS)}.")
        return 2
    TRUST.mkdir(parents=True, exist_ok=True)
    mounts.unmount_all(TRUST)
    jobs.prepare()
    table = json.loads(TABLE.read_text()) if names and TABLE.exists() else {}
    for kind in names or kinds.KINDS:
        started = time.monotonic()
        if kind in kinds.NEED_ROOT and not mounts.can_mount():
            print(f"{kind:<18} skipped: it needs root, to mount small disks", flush=True)
            table[kind] = {"tried": 0, "survived": 0}
        else:
            table[kind] = try_kind(kind)
            counts = f"{table[kind]['survived']:>3} of {table[kind]['tried']:>3}"
            print(f"{kind:<18} {counts} survived   {time.monotonic() - started:5.0f} s", flush=True)
        TABLE.write_text(json.dumps(table, indent=1) + "\n")
    tried, survived = (sum(row[key] for row in table.values()) for key in ("tried", "survived"))
    print(f"{'all':<18} {survived:>3} of {tried:>3} survived")
    return int(tried != survived)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
