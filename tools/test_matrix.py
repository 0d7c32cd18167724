"""The plugin's tests on newer QGIS: 3.40 and 3.44, in Debian 13 roots made by debootstrap (as root).

The mirror is the one of the machine's own apt settings. The roots stay in build/roots for the next time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOTS = Path(os.environ.get("GRAVRELIEF_ROOTS") or ROOT / "build" / "roots")
SUITES = {"3.40": "trixie", "3.44": "trixie-backports"}
PACKAGES = ("qgis", "python3-qgis", "python3-pytest", "python3-pip", "python3-venv", "xvfb", "xauth")
INSIDE = "/gravrelief"
KEPT_VARIABLES = re.compile(r"(?i)(https?|no|all)_proxy|(PIP|UV)_.*|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE")


def mirror() -> str:
    """The address of Debian's archive in the machine's apt settings."""
    for path in (Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))):
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        for line in text.splitlines():
            found = re.match(r"(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)(\S+/debian)/?(?:\s|$)", line)
            if found:
                return found.group(1)
    return "http://deb.debian.org/debian"


def run(*command: str, quiet: bool = True) -> None:
    """Run a command; end the program with its output where it fails."""
    done = subprocess.run(command, capture_output=quiet, text=True, check=False)
    if done.returncode and not quiet:
        sys.exit(done.returncode)  # what failed has just been seen
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{(done.stdout or '')[-3000:]}\n{(done.stderr or '')[-3000:]}")


def make_root(version: str) -> Path:
    """Make the root with this QGIS, or take the finished one of the last time."""
    suite, root = SUITES[version], ROOTS / version
    finished = root / "gravrelief-finished"
    if finished.is_file():
        return root
    print(f"Making a Debian 13 root with QGIS {version}: some minutes", flush=True)
    make_bare("trixie", root, "ca-certificates")
    wanted = list(PACKAGES)
    if suite != "trixie":
        listed = root / "etc/apt/sources.list.d/backports.list"
        listed.write_text(f"deb {mirror()} {suite} main\n")
        wanted = ["--target-release", suite, *PACKAGES]
    chroot(root, "apt-get", "update", "-qq")
    chroot(root, "apt-get", "install", "--yes", "-qq", "--no-install-recommends", *wanted)
    chroot(root, "apt-get", "clean")
    finished.touch()
    return root


def make_bare(suite: str, root: Path, *packages: str) -> None:
    """Make a root anew with the base system of a Debian, and these packages."""
    unmount(root)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    run("debootstrap", "--variant=minbase", f"--include={','.join(packages)}", suite, str(root), mirror())
    copy_settings(root)
    (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    (root / "usr/sbin/policy-rc.d").chmod(0o755)


def copy_settings(root: Path) -> None:
    """Give the root the machine's name server, apt proxy, certificates and package index."""
    for name in ("etc/resolv.conf", "etc/hosts"):
        source = Path("/") / name
        if source.is_file():
            shutil.copyfile(source, root / name)
    for source in Path("/etc/apt/apt.conf.d").glob("*"):
        if source.is_file() and "::proxy" in source.read_text(errors="replace").lower():
            shutil.copyfile(source, root / "etc/apt/apt.conf.d" / source.name)
    told = "".join(f"{name} = {value}\n" for name, value in pip_settings().items() if name != "cert")
    (root / "etc/pip.conf").write_text(f"[global]\n{told}")
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    if certificates.is_file():
        shutil.copyfile(certificates, root / "etc/ssl/certs/ca-certificates.crt")


def chroot(root: Path, *command: str, quiet: bool = True, **variables: str) -> None:
    """Run a command inside a root, with little of our own environment."""
    kept = {name: value for name, value in os.environ.items() if KEPT_VARIABLES.fullmatch(name)}
    kept |= {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive",
    }
    given = [f"{name}={value}" for name, value in {**kept, **variables}.items()]
    run("chroot", str(root), "/usr/bin/env", "-i", *given, *command, quiet=quiet)


def pip_settings() -> dict[str, str]:
    """What pip is told on this machine, by files and by variables."""
    done = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    lines = (re.match(r"[\w:]+\.([a-z-]+)='(.*)'$", line) for line in done.stdout.splitlines())
    return {line.group(1): line.group(2) for line in lines if line}


def mounted_folders() -> list[str]:
    """What a root needs of the machine: devices, and the local folders that pip is told to look in."""
    named = re.findall(r"(?:^|\s|file://)(/[\w.-]+/[\w.-]+)", " ".join(pip_settings().values()))
    return ["/dev", *sorted({path for path in named if Path(path).is_dir()})]


def mount(root: Path) -> None:
    """Mount the process table and the machine's folders into a root."""
    run("mount", "-t", "proc", "proc", str(root / "proc"))
    for folder in mounted_folders():
        inside = root / folder.strip("/")
        inside.mkdir(parents=True, exist_ok=True)
        run("mount", "--rbind", folder, str(inside))
        run("mount", "--make-rslave", str(inside))


def unmount(root: Path) -> None:
    """Take out everything that is mounted below a root."""
    below = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for place in sorted((place for place in below if place.startswith(f"{root}/")), reverse=True):
        subprocess.run(["umount", "-l", place], capture_output=True, check=False)


def test(version: str) -> None:
    """Copy the committed files into a root and run the plugin's tests there."""
    root = make_root(version)
    inside = root / INSIDE.strip("/")
    engine = inside / "build"
    for entry in inside.iterdir() if inside.is_dir() else ():
        if entry != engine:
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    inside.mkdir(exist_ok=True)
    index = {**os.environ, "GIT_INDEX_FILE": str(root / "index")}  # our own, so that the clone's is left alone
    for command in (["read-tree", "HEAD"], ["checkout-index", "--all", f"--prefix={inside}/"]):
        subprocess.run(["git", *command], cwd=ROOT, env=index, check=True)
    settings = {
        "HOME": f"{INSIDE}/build/home",
        "GRAVRELIEF_HOME": f"{INSIDE}/build/engine-home",
        "UV_CACHE_DIR": f"{INSIDE}/build/cache",
        "QT_QPA_PLATFORM": "offscreen",
    }
    (inside / "build/home").mkdir(parents=True, exist_ok=True)
    script = (
        f"cd {INSIDE} && /usr/bin/python3 -m plugin.engine --setup && "
        "/usr/bin/python3 -m pytest -q -p no:cacheprovider tests/plugin"
    )
    unmount(root)
    copy_settings(root)
    mount(root)
    try:
        print(f"--- tests/plugin on QGIS {version}", flush=True)
        chroot(root, "/bin/sh", "-c", script, quiet=False, **settings)
    finally:
        unmount(root)


def main(versions: list[str]) -> None:
    if os.geteuid() != 0:
        sys.exit("The matrix needs root, for chroot. Run\n\n    sudo make test-matrix\n")
    for version in versions or list(SUITES):
        test(version)


if __name__ == "__main__":
    main(sys.argv[1:])
