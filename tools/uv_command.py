"""uv for the tools, found or fetched by the plugin's own installer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from plugin.engine import folders, process, uv

ROOT = Path(__file__).resolve().parent.parent


def uv_command() -> tuple[str, dict[str, str]]:
    """The path of uv, and the environment variables to run it with."""
    home = folders.make_home()
    surroundings = uv.with_pip_settings(process.installer_surroundings())
    return uv.find_uv(home) or uv.fetch_uv(home, surroundings, None, print, lambda: False), surroundings


def call(*arguments: str, without: tuple[str, ...] = ()) -> None:
    """Run uv in the repository, with some variables left out; end the program where it fails."""
    program, surroundings = uv_command()
    kept = {name: value for name, value in surroundings.items() if name not in without}
    code = subprocess.run([program, *arguments], env=kept, cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)
