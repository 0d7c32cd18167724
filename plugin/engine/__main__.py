"""The engine's environment from a terminal: `python3 -m plugin.engine --setup`, or `--status`."""

from __future__ import annotations

import argparse
import sys

from . import environment
from .folders import SetupError


def main(arguments: list[str]) -> int:
    """Set up the engine or say how it is; 0 where it is ready."""
    parser = argparse.ArgumentParser(prog="python3 -m plugin.engine", description=__doc__)
    parser.add_argument("--setup", action="store_true", help="install the engine, or mend it")
    parser.add_argument("--status", action="store_true", help="say whether the engine is ready")
    parser.add_argument("--python", help="an interpreter to use, as it is where it has every package")
    parser.add_argument("--wheels", help="a folder of wheels, instead of a package index")
    parser.add_argument("--proxy", help="a proxy, as a URL")
    options = parser.parse_args(arguments)
    if not options.setup:
        found = environment.status()
        print(found.message)
        return 0 if found.ready else 1

    def say(line: str) -> None:
        print(line, flush=True)

    try:
        environment.setup(options.python, options.wheels, options.proxy, on_line=say)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
