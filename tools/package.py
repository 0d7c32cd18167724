"""Make build/gravrelief-VERSION.zip from the committed files, and check it."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

from check_package import check

ROOT = Path(__file__).resolve().parent.parent


def version() -> str:
    """The version that metadata.txt states."""
    metadata = configparser.ConfigParser()
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    return metadata["general"]["version"]


def main() -> int:
    archive = ROOT / "build" / f"gravrelief-{version()}.zip"
    archive.parent.mkdir(exist_ok=True)
    command = ["git", "archive", "--format=zip", "--prefix=gravrelief/", f"--output={archive}", "HEAD"]
    subprocess.run(command, cwd=ROOT, check=True)
    troubles = check(archive, ROOT / "build" / "dev" / "bin")
    for trouble in troubles:
        print(trouble)
    if not troubles:
        print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size / 2**20:.1f} MB, all checks passed")
    return int(bool(troubles))


if __name__ == "__main__":
    sys.exit(main())
