"""The script ./run where make, apt-get or the right to install are missing: on a PATH of stand-ins."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[2] / "run"
NOTES = 'echo "${0##*/} $*" >> "$NOTES"'
MAKE_COMES = f'{NOTES}; test "$1" = update || ln -sf stand-in-make "$BIN/make"'


@pytest.fixture()
def machine(tmp_path):
    """A function that runs the script with these programs, each a line of shell; what it said, and their notes."""

    def run(python: bool = True, user: int = 1000, **programs: str) -> tuple[int, str, list[str]]:
        folder, notes = tmp_path / "bin", tmp_path / "notes"
        folder.mkdir()
        for name in ("dirname", "env", "ln"):
            (folder / name).symlink_to(f"/usr/bin/{name}")
        for name, line in {"id": f"echo {user}", "stand-in-make": NOTES, **programs}.items():
            (folder / name.replace("_", "-")).write_text(f"#!/bin/sh\n{line}\n")
            (folder / name.replace("_", "-")).chmod(0o755)
        surroundings = {
            "PATH": str(folder),
            "BIN": str(folder),
            "NOTES": str(notes),
            "SYSTEM_PYTHON": "/bin/sh" if python else str(tmp_path / "none"),
        }
        done = subprocess.run(
            ["/bin/sh", str(RUN), "demo", "A=b c"],
            env=surroundings,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, notes.read_text().splitlines() if notes.is_file() else []

    return run


def test_it_can_be_started():
    assert os.access(RUN, os.X_OK)


def test_make_runs_in_the_repository_with_every_argument_where_it_is_there(machine):
    code, said, notes = machine(make=f'{NOTES}; pwd; for each; do echo "<$each>"; done; exit 3', apt_get=NOTES)
    assert (code, said.splitlines()) == (3, [str(RUN.parent), "<demo>", "<A=b c>"])
    assert notes == ["make demo A=b c"]


def test_root_gets_what_is_missing_and_then_make_runs(machine):
    code, said, notes = machine(user=0, python=False, apt_get=MAKE_COMES)
    assert (code, said) == (0, "Installing make python3\n")
    assert notes == [
        "apt-get update -qq",
        "apt-get install --yes --no-install-recommends make python3",
        "make demo A=b c",
    ]


def test_python_alone_is_brought_where_make_is_there(machine):
    _, said, notes = machine(user=0, python=False, make=NOTES, apt_get=NOTES)
    assert said == "Installing python3\n"
    assert notes[1:] == ["apt-get install --yes --no-install-recommends python3", "make demo A=b c"]


def test_sudo_is_used_where_it_asks_no_password(machine):
    code, said, notes = machine(sudo=f'{NOTES}; shift; "$@"', apt_get=MAKE_COMES)
    assert (code, said) == (0, "Installing make\n")
    assert [line for line in notes if "install" in line] == [
        "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends make",
        "apt-get install --yes --no-install-recommends make",
    ]
    assert notes[-1] == "make demo A=b c"


@pytest.mark.parametrize("programs", [{}, {"sudo": "echo a password is required >&2; exit 1"}])
def test_without_the_right_to_install_it_says_the_one_line_to_run(machine, programs):
    code, said, notes = machine(apt_get=NOTES, **programs)
    line = "apt-get update && apt-get install --yes --no-install-recommends make"
    assert (code, said) == (1, f'Missing: make. As root run "{line}", then ./run demo A=b c again.\n')
    assert notes == []


def test_without_apt_it_says_what_is_missing(machine):
    code, said, notes = machine(user=0)
    assert code == 1 and said.startswith("Missing: make. Install it with your system's packages")
    assert notes == []


def test_make_does_not_run_after_a_failed_installation(machine):
    code, _, notes = machine(user=0, apt_get=f'{NOTES}; test "$1" = update')
    assert code != 0 and notes[-1].startswith("apt-get install")
