"""The engine from a terminal: `python -m core run job.json`, `serve`, `doctor` or `schema`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from .worker.doctor import describe, examine, prepare


def main(arguments: list[str]) -> int:
    """Do what the arguments ask; the exit code is 0, 1 internal, 2 input or 130 cancelled."""
    options = _parser().parse_args(arguments)
    prepare()
    if options.command == "serve":
        from .worker.serve import serve

        serve()
    if options.command == "run":
        return _run(Path(options.job))
    if options.command == "schema":
        from .job.schema import schema

        print(json.dumps(schema(), indent=2))
        return 0
    findings = examine()
    print(json.dumps(findings) if options.json else describe(findings))
    return 0 if findings["ok"] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run a job file; events leave as JSON lines")
    run.add_argument("job", help="the job file (JSON), see schema")
    commands.add_parser("serve", help="take commands on standard input, as the plugin sends them")
    doctor = commands.add_parser("doctor", help="say whether this interpreter can be the engine")
    doctor.add_argument("--json", action="store_true", help="one JSON object instead of text")
    commands.add_parser("schema", help="the JSON schema of every task and event")
    return parser


def _run(job: Path) -> int:
    """Run one job; the first Ctrl-C, or being told to end, asks it to stop, the second stops it."""
    from .worker.leftovers import abandon, remove_old
    from .worker.run import run_job
    from .worker.streams import EventStream

    asked = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked and abandon():
            os._exit(130)
        asked = True

    signal.signal(signal.SIGINT, interrupt)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is not signal.SIG_IGN:  # as nohup sets
            signal.signal(getattr(signal, name), interrupt)
    remove_old()
    stream = EventStream()
    stream.at_end = abandon
    return run_job(job, stream.write, lambda: asked)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
