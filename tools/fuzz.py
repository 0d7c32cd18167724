"""Run every property test again and again, each round drawing from a seed of its own, until the time is over.

What is found ends it with 1, and the command that repeats it is printed. A round that is not over with the time is cut off.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / "build/dev/bin/python"
DRAWS = {"GRAVRELIEF_DRAWS": "fuzz"}
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
COLLECTED_NONE = 5  # pytest's exit code


def command(seed: int, tests: list[str]) -> list[str]:
    """Run these tests, of which pytest chooses those that hypothesis draws for, with one seed."""
    chosen = ["-m", "hypothesis", f"--hypothesis-seed={seed}"]
    return [str(PYTHON), "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *chosen, *tests]


def run_round(seed: int, tests: list[str], seconds: float) -> tuple[int | None, str]:
    """Exit code, None where the time was over before, and what pytest printed."""
    surroundings = {**os.environ, **DRAWS, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command(seed, tests),
            cwd=ROOT,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout


def repeat(seed: int, failed: str) -> str:
    """The line for a shell, from the repository's root."""
    words = [*(f"{name}={value}" for name, value in DRAWS.items()), *command(seed, [f"'{failed}'"])]
    return " ".join(words).replace(f"{ROOT}/", "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0, help="how long")
    parser.add_argument(
        "--seed", type=int, help="of the first round, the next ones count on; a random one where left out"
    )
    parser.add_argument(
        "tests", nargs="*", default=["tests/core"], help="files, folders or tests, as pytest takes them"
    )
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(2**32)
    end = time.monotonic() + asked.seconds
    rounds = 0
    while (left := end - time.monotonic()) > 0.0:
        print(f"round {rounds + 1}, seed {seed}, {left:.0f} s left", flush=True)
        code, said = run_round(seed, asked.tests, left)
        if code is None:
            break
        if code != 0:
            print(said)
            if code == COLLECTED_NONE:
                print("No property test was found.")
            elif code < 0:
                print(f"The tests were ended by signal {-code} ({signal.strsignal(-code)}).")
            for failed in FAILED.findall(said) or asked.tests:
                print(f"To repeat it:\n  {repeat(seed, failed)}")
            return 1
        rounds, seed = rounds + 1, seed + 1
    print(f"Nothing was found in {rounds} whole rounds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
