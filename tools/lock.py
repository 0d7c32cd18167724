"""Renew the lock files: exact versions with hashes for every platform, and no index named in them.

The main index alone is asked: extra indexes and folders of wheels often hold one platform's files, and
their hashes would lock out all others.
"""

from __future__ import annotations

import re
import sys

from tools.uv_command import ROOT, call

COMPILE = ("pip", "compile", "--quiet", "--upgrade", "--universal", "--generate-hashes")
OPTIONS = ("--no-emit-index-url", "--no-emit-find-links", "--python-version", "3.11", "--no-header")
LOCKS = {
    "core/engine.lock": ("pyproject.toml",),
    "core/uv.lock.txt": ("--group", "pyproject.toml:installer"),
    "tools/dev.lock": ("--group", "pyproject.toml:dev", "-c", "core/engine.lock"),
}


PARTIAL = ("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")


def main() -> None:
    for lock, sources in LOCKS.items():
        call(*COMPILE, *OPTIONS, *sources, "--output-file", lock, without=PARTIAL)
        text = (ROOT / lock).read_text(encoding="utf-8")
        if re.search(r"://|^--?(find-links|index|extra|f |i )", text, re.MULTILINE):
            sys.exit(f"{lock} names an index or a host. It must not be committed.")
        print(f"{lock}: {len(re.findall('^[a-z0-9]', text, re.MULTILINE))} packages")


if __name__ == "__main__":
    main()
