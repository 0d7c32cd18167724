"""The arrows: who may import whom, and that importing the engine costs nothing."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.floors import DOCUMENT, DRAWING, LIST, draw, first_sentence, floors, list_files, read_rooms

ROOT = Path(__file__).resolve().parents[2]
QT = {"qgis", "PyQt5", "PyQt6", "sip", "PySide2", "PySide6", "osgeo", "processing"}
ALLOWED = {
    "core": None,
    "plugin": {"qgis", "processing", "osgeo", "plugin"},
    "ui": {"qgis", "matplotlib", "ui"},
}
ROOMS = read_rooms(DOCUMENT.read_text(encoding="utf-8"))
LOOSE = {"__init__.py", "__main__.py", "errors.py", "engine.lock", "uv.lock.txt"}


def sources(package):
    return sorted((ROOT / package).rglob("*.py"))


def imports(path, run_alone=False):
    """Every import of a file, also inside functions: (level, module, names); `run_alone`: not those for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if run_alone and id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            for name in node.names:
                yield 0, name.name, ()
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or "", tuple(name.name for name in node.names)


def named(path):
    return str(path.relative_to(ROOT))


def test_there_is_something_to_look_at():
    assert all(len(sources(package)) > 5 for package in ALLOWED)


def test_core_imports_nothing_of_qgis():
    found = [(named(path), module) for path in sources("core") for level, module, _ in imports(path) if not level]
    assert not [(path, module) for path, module in found if module.split(".")[0] in QT]


@pytest.mark.parametrize("package", ["plugin", "ui"])
def test_the_windows_side_imports_qgis_and_the_standard_library_alone(package):
    foreign = {
        (named(path), module)
        for path in sources(package)
        for level, module, _ in imports(path)
        if not level and module.split(".")[0] not in ALLOWED[package] | set(sys.stdlib_module_names)
    }
    assert not foreign


@pytest.mark.parametrize("package", ["core", "plugin", "ui"])
def test_inside_a_package_imports_are_relative(package):
    own = {"core", "plugin", "ui", "gravrelief"}
    absolute = {
        (named(path), module)
        for path in sources(package)
        for level, module, _ in imports(path)
        if not level and module.split(".")[0] in own
    }
    assert not absolute


def targets(path, run_alone=False):
    """The modules of the repository that a file imports, as paths from the root: core/relief."""
    for level, module, names in imports(path, run_alone):
        if not level:
            continue
        base = path.parent
        for _ in range(level - 1):
            base = base.parent
        base = base.joinpath(*module.split(".")) if module else base
        inside = base.relative_to(ROOT).parts if base != ROOT else ()
        yield from ([*inside, name] for name in names) if not module else ([*inside],)


@pytest.mark.parametrize(
    ("package", "others"), [("core", {"plugin", "ui"}), ("plugin", {"core", "ui"}), ("ui", {"core"})]
)
def test_arrows_between_packages_point_one_way(package, others):
    wrong = {
        (named(path), "/".join(target))
        for path in sources(package)
        for target in targets(path)
        if target and target[0] in others and named(path) != "plugin/plugin.py"
    }
    assert not wrong


def test_only_the_plugins_root_opens_windows():
    opens = {named(path) for path in sources("plugin") for target in targets(path) if target[:1] == ["ui"]}
    assert opens <= {"plugin/plugin.py"}


def arrows():
    """Between the rooms of core: (room, other room, from, to)."""
    for path in sources("core"):
        room = path.relative_to(ROOT / "core").with_suffix("").parts[0]
        for target in targets(path, run_alone=True):
            other = target[1] if len(target) > 1 else "__init__"
            if other != room:
                yield room, other, named(path), "/".join(target)


def test_every_room_has_its_row_and_every_row_its_room():
    folders = {path.name for path in (ROOT / "core").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert set(ROOMS) == folders | {"errors", "__main__"}


def test_rooms_import_only_what_their_row_names():
    assert not [(source, target) for room, other, source, target in arrows() if other not in ROOMS[room]]


def test_no_row_names_what_its_room_does_not_import():
    """An arrow that is allowed and never used is a door left open."""
    used = {(room, other) for room, other, _, _ in arrows()}
    assert not [(room, other) for room in ROOMS for other in ROOMS[room] - {"errors"} if (room, other) not in used]


def test_the_drawing_shows_the_tables_floors():
    drawn = DRAWING.search(DOCUMENT.read_text(encoding="utf-8"))
    assert drawn is not None
    assert drawn[0] == draw(ROOMS), "run `make floors`"


def test_the_list_of_files_is_that_of_the_folders():
    listed = LIST.search(DOCUMENT.read_text(encoding="utf-8"))
    assert listed is not None
    assert listed[0] == list_files(), "run `make floors`"


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_every_file_says_what_it_is_for(package):
    assert not [named(path) for path in sources(package) if path.name != "__init__.py" and not first_sentence(path)]


def test_rooms_in_a_circle_have_no_floors():
    with pytest.raises(ValueError, match="a circle: attic, cellar"):
        floors({"cellar": {"attic"}, "attic": {"cellar"}, "ground": set()})


@pytest.mark.parametrize("room", sorted(set(ROOMS) - {"errors", "__main__"}))
def test_a_rooms_docstring_says_who_may_import_it(room):
    text = ast.get_docstring(ast.parse((ROOT / "core" / room / "__init__.py").read_text(encoding="utf-8")))
    _, _, importers = " ".join(text.split()).partition("Imported by ")
    assert set(re.findall(r"`(\w+)`", importers)) == {other for other in ROOMS if room in ROOMS[other]}


def test_nothing_lies_loose_in_core():
    assert {path.name for path in (ROOT / "core").iterdir() if path.is_file()} == LOOSE


def test_the_tests_mirror_the_rooms():
    folders = {path.name for path in (ROOT / "tests" / "core").iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders <= set(ROOMS)


def test_the_engines_tests_know_it_by_its_own_name():
    """Kernels compiled under another name would lie in the cache for an engine that can't load them."""
    tests = sorted((ROOT / "tests" / "core").rglob("*.py"))
    assert not [named(path) for path in tests for _, module, _ in imports(path) if module.startswith("gravrelief")]


def test_no_file_is_called_after_nothing():
    nothing = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert not [named(path) for package in ALLOWED for path in sources(package) if path.stem in nothing]


@pytest.mark.parametrize(
    "module", ["core", "core.events.protocol", "core.errors", "core.worker.serve", "core.worker.run", "core.tasks"]
)
def test_importing_the_engine_costs_nothing(module):
    heavy = "numpy scipy numba xarray harmonica verde optuna rioxarray rasterio pyproj matplotlib"
    code = f"import sys, {module}; print(*(name for name in {heavy.split()} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_core_starts_by_its_folder_alone(tmp_path):
    """As QGIS starts it: isolated, from another folder, the plugin's folder put on the path."""
    code = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module('core', run_name='__main__')"
    command = [sys.executable, "-I", "-X", "utf8", "-c", code, str(ROOT), "schema"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert '"invertrelief"' in done.stdout
