"""The repository's root is the package: register it under its name, and start QGIS once."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _register() -> None:
    spec = importlib.util.spec_from_file_location(
        "gravrelief", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["gravrelief"] = package
    spec.loader.exec_module(package)


_register()


@pytest.fixture(scope="session")
def qgis_app():
    from qgis.core import QgsApplication

    app = QgsApplication([], True)
    app.initQgis()
    return app
