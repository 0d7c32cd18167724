"""The names and paths in docs/ are there: a guide to a house that was rebuilt misleads."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
CODE = [path for folder in ("core", "plugin", "ui", "tools", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]
QUOTED = re.compile(r"`([^`\n]+)`")
FOLDERS = "core|plugin|ui|tests|tools|docs|resources"
PATH = re.compile(rf"(?:{FOLDERS})/[\w./*-]*")
STEP = re.compile(r"`([A-Za-z_.]+)`\)? \(`((?:core|plugin|ui)/[\w/]+\.py)`\)")
NAME = re.compile(r"(?<![\w])[A-Za-z]\w*_\w+|[A-Z][a-z]+[A-Z]\w*")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
TARGET = re.compile(r"(?:`|^    )make ([a-z-]+)", re.MULTILINE)
MADE = ("build/",)


def words_of_the_code() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in CODE]
    return set(re.findall(r"\w+", " ".join(texts))) | {path.stem for path in CODE}


WORDS = words_of_the_code()


def there(path: str) -> bool:
    return path.startswith(MADE) or any(ROOT.glob(path.rstrip("/.,"))) or (ROOT / path).exists()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_is_there(document):
    text = document.read_text(encoding="utf-8")
    paths = [path for quoted in QUOTED.findall(text) for path in PATH.findall(quoted)]
    paths += re.findall(rf"(?<![\w/])(?:{FOLDERS})/\w[\w/]*\.py", text)
    assert not [path for path in paths if not there(path)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    text = document.read_text(encoding="utf-8")
    assert not [link for link in LINK.findall(text) if not (document.parent / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_name_is_in_the_code(document):
    quoted = QUOTED.findall(document.read_text(encoding="utf-8"))
    names = {name for text in quoted if "/" not in text and "." not in text for name in NAME.findall(text)}
    assert not sorted(names - WORDS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_is_there(document):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert not set(TARGET.findall(document.read_text(encoding="utf-8"))) - targets


def _named(node: ast.stmt) -> list[str]:
    """What a statement gives a name to."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def defined(path: Path) -> set[str]:
    """Functions, classes, methods and constants of a file: spatial_blocks, Worker, Worker.run."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        names |= set(_named(node))
        for inner in node.body if isinstance(node, ast.ClassDef) else ():
            names |= {f"{node.name}.{name}" for name in _named(inner)}
    return names


def test_each_step_through_the_house_is_where_it_is_said_to_be():
    steps = STEP.findall((ROOT / "docs" / "develop.md").read_text(encoding="utf-8"))
    assert len(steps) > 20
    assert not [(name, path) for name, path in steps if name not in defined(ROOT / path)]
