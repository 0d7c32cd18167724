"""README's two commands on a bare Debian 12 and 13, base system and git, in roots made by debootstrap (as root).

Each time from nothing: a new root, a fresh clone of the committed files, and ../shared beside it where there is one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

from test_matrix import ROOT, ROOTS, chroot, make_bare, mount, unmount

SUITES = {"13": "trixie", "12": "bookworm"}
COMMANDS = ("./run demo", "./run test")
INSIDE = "/bare/gravrelief"


def try_out(version: str) -> list[str]:
    """Make the root of a Debian and run the commands there; a line for each, or the end where one fails."""
    root = ROOTS / f"bare-{version}"
    print(f"Making a bare Debian {version} root", flush=True)
    make_bare(SUITES[version], root, "ca-certificates", "git")
    clone = root / INSIDE.strip("/")
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
    shared = ROOT.parent / "shared"
    if shared.is_dir():
        shutil.copytree(shared, clone.parent / "shared")
    # No locale, as after debootstrap; and the cache of the Makefile that started us is not the clone's.
    settings = {"HOME": "/root", "LC_ALL": "", "UV_CACHE_DIR": f"{INSIDE}/build/cache"}
    lines = []
    mount(root)
    try:
        for command in COMMANDS:
            print(f"--- {command} on a bare Debian {version}", flush=True)
            started = time.monotonic()
            chroot(root, "/bin/sh", "-c", f"cd {INSIDE} && {command}", quiet=False, **settings)
            lines.append(f"passed  Debian {version}  {command:<10} {time.monotonic() - started:5.0f} s")
            print(lines[-1], flush=True)  # now, because a command that fails ends the program
    finally:
        unmount(root)
    return lines


def main(versions: list[str]) -> None:
    if os.geteuid() != 0:
        sys.exit("The roots need root, for chroot. Run\n\n    sudo make bare-roots\n")
    lines = [line for version in versions or list(SUITES) for line in try_out(version)]
    print("\n" + "\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
