"""The plugin object: what it adds it takes away, and nothing is opened without a window."""

from __future__ import annotations

import configparser

import gravrelief
import pytest
from gravrelief.plugin.algorithms import ALGORITHMS
from gravrelief.plugin.engine import client
from qgis.core import QgsApplication

from .command_line import ROOT


@pytest.fixture()
def registry(qgis_app):
    return QgsApplication.processingRegistry()


def test_metadata_is_what_qgis_reads():
    metadata = configparser.ConfigParser()  # as QGIS does: a bare percent sign is an error
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    general = dict(metadata["general"])
    assert (general["name"], general["version"]) == ("GravRelief", "0.1.0")
    assert (general["qgisminimumversion"], general["qgismaximumversion"]) == ("3.22", "4.99")
    assert general["hasprocessingprovider"] == "yes"
    assert (ROOT / general["icon"]).is_file()
    assert "GPL-2.0" in general["license"]


def test_without_a_window_there_is_a_provider_and_no_menu(registry, monkeypatch):
    stopped = []
    monkeypatch.setattr(client, "stop_shared_worker", lambda: stopped.append(True))
    plugin = gravrelief.classFactory(None)
    plugin.initProcessing()
    plugin.initGui()
    provider = registry.providerById("gravrelief")
    assert provider is plugin.provider and len(provider.algorithms()) == len(ALGORITHMS)
    assert plugin.menu is None
    plugin.unload()
    assert registry.providerById("gravrelief") is None
    assert stopped == [True], "the engine's process ends with the plugin"


def test_the_plugin_can_be_loaded_again(registry):
    for _ in range(2):
        plugin = gravrelief.classFactory(None)
        plugin.initProcessing()
        assert registry.providerById("gravrelief") is plugin.provider
        plugin.unload()
