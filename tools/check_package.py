"""What the plugin repository asks of a package, asked before it does."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

MOST_MB = 25
REQUIRED = (
    "name",
    "qgisMinimumVersion",
    "description",
    "about",
    "version",
    "author",
    "email",
    "repository",
    "tracker",
)
UNWANTED = ("tests", "__pycache__", ".git", ".github", "build", "tools", "__MACOSX")
UNWANTED_ENDS = (".pyc", ".so", ".dll", ".dylib", ".exe", ".whl")


def check(archive: Path, tools: Path) -> list[str]:
    """What is wrong with a package; nothing where all is well. `tools` holds bandit and detect-secrets."""
    troubles = []
    if archive.stat().st_size > MOST_MB * 2**20:
        troubles.append(f"The package is larger than {MOST_MB} MB.")
    with zipfile.ZipFile(archive) as package, tempfile.TemporaryDirectory() as folder:
        names = [name for name in package.namelist() if not name.endswith("/")]
        troubles += check_names(names)
        package.extractall(folder)
        root = Path(folder) / "gravrelief"
        if (root / "metadata.txt").is_file():
            troubles += check_metadata(root)
        troubles += _bandit(root, tools) + _secrets(root, tools)
    return troubles


def check_names(names: list[str]) -> list[str]:
    """What is wrong with the files of a package, by their names."""
    troubles = []
    tops = {PurePosixPath(name).parts[0] for name in names}
    if tops != {"gravrelief"}:
        troubles.append(f"The package must hold the one folder gravrelief, but has {sorted(tops)}.")
    for needed in ("LICENSE", "metadata.txt", "__init__.py"):
        if f"gravrelief/{needed}" not in names:
            troubles.append(f"{needed} is missing.")
    for name in names:
        if set(PurePosixPath(name).parts) & set(UNWANTED) or name.endswith(UNWANTED_ENDS):
            troubles.append(f"{name} must not be in the package.")
    if "gravrelief/requirements.txt" in names:
        troubles.append("requirements.txt must not be in the root: other plugins would install it into QGIS.")
    return troubles


def check_metadata(root: Path) -> list[str]:
    """What is wrong with metadata.txt."""
    parser = configparser.ConfigParser()
    try:
        parser.read(root / "metadata.txt", encoding="utf-8")
        general = dict(parser["general"])
    except (configparser.Error, KeyError) as error:
        return [f"metadata.txt can't be read: {error}"]
    troubles = [f"metadata.txt lacks {key}." for key in REQUIRED if not general.get(key.lower())]
    if not re.fullmatch(r"\d+\.\d+(\.\d+)?", general.get("version", "")):
        troubles.append("metadata.txt: the version must be numbers and points.")
    icon = general.get("icon")
    if icon and not (root / icon).is_file():
        troubles.append(f"metadata.txt: the icon {icon} is not in the package.")
    for key in ("repository", "tracker", "homepage"):
        if general.get(key) and not general[key].startswith("https://"):
            troubles.append(f"metadata.txt: {key} is no https address.")
    return troubles


def _bandit(root: Path, tools: Path) -> list[str]:
    """What the repository's Bandit run would complain of."""
    command = [str(tools / "bandit"), "-q", "-r", str(root), "-f", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)["results"]
    return [
        f"bandit {item['test_id']} {Path(item['filename']).relative_to(root)}:{item['line_number']}: "
        f"{item['issue_text']}"
        for item in found
    ]


def _secrets(root: Path, tools: Path) -> list[str]:
    """What looks like a secret to the repository's scan, which leaves out metadata.txt alone."""
    command = [str(tools / "detect-secrets"), "scan", "--all-files", "--exclude-files", r"metadata\.txt", "."]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)["results"]
    return [
        f"detect-secrets {item['type']}: {name}:{item['line_number']}"
        for name, items in found.items()
        for item in items
    ]
