"""The arrows: who may import whom, and that importing the engine costs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QT = {"qgis", "PyQt5", "PyQt6", "sip", "PySide2", "PySide6", "osgeo", "processing"}
ALLOWED = {
    "core": None,
    "plugin": {"qgis", "processing", "osgeo", "plugin"},
    "ui": {"qgis", "matplotlib", "ui"},
}
# Inside core: a room, and the rooms it may open. Modules beside the rooms are the base, below all of them.
MIDDLE = {"inversion", "regional", "report", "selection"}
OPENS = {
    "base": {"base"},
    "operators": {"base"},
    "synthetic": {"base", "operators"},
    **{room: {"base", "operators"} | MIDDLE for room in MIDDLE},
    "tasks": {"base", "operators", "synthetic"} | MIDDLE,
    "top": {"base", "operators", "synthetic", "tasks"} | MIDDLE,
}
TOP = {"__main__", "serve", "run", "doctor"}  # what starts jobs


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


def room_of(parts):
    """The room of core that a module is in: core/relief is in the base."""
    name = parts[1] if len(parts) > 1 else "__init__"
    return "top" if name in TOP else name if name in OPENS else "base"


def arrows():
    """Between the rooms of core: (room, other room, from, to)."""
    for path in sources("core"):
        room = room_of(path.relative_to(ROOT).with_suffix("").parts)
        for target in targets(path, run_alone=True):
            other = room_of(target)
            if other != room:
                yield room, other, named(path), "/".join(target)


def test_arrows_inside_core_point_down():
    assert not [(source, target) for room, other, source, target in arrows() if other not in OPENS[room]]


def test_no_rooms_of_core_need_each_other():
    rooms = {(room, other) for room, other, _, _ in arrows()}
    reach = set(rooms)
    for _ in OPENS:
        reach |= {(a, d) for a, b in reach for c, d in rooms if b == c}
    assert not [room for room in OPENS if (room, room) in reach]


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
