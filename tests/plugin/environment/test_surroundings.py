"""What the installer and the engine are told by pip's settings, proxies and variables, and what is kept from them."""

from __future__ import annotations

import os

import pytest
from gravrelief.plugin.engine import environment, process, uv

from .conftest import program


@pytest.mark.parametrize(
    ("config", "variables"),
    [
        ("global.index-url='https://inside.example/simple'", {"UV_DEFAULT_INDEX": "https://inside.example/simple"}),
        (
            r"global.extra-index-url='\nhttps://one.example/s\nhttps://two.example/s'",
            {
                "UV_INDEX": "https://one.example/s https://two.example/s",
                "UV_INDEX_STRATEGY": "unsafe-best-match",
            },
        ),
        (":env:.find-links='/wheels /more'", {"UV_FIND_LINKS": "/wheels,/more"}),
        ("user.cert='/inside.pem'", {"SSL_CERT_FILE": "/inside.pem"}),
        ("global.timeout='60'", {}),
    ],
)
def test_uv_is_told_what_pip_is_told(tmp_path, monkeypatch, config, variables):
    (tmp_path / "config").write_text(config)
    pip = program(tmp_path / "python", f"cat {tmp_path / 'config'}")
    monkeypatch.setattr(uv, "pip_python", lambda: pip)
    told = uv.with_pip_settings({"PATH": os.environ["PATH"]})
    del told["PATH"]
    assert told == variables


def test_what_uv_was_told_itself_counts_more_than_pip(tmp_path, monkeypatch):
    pip = program(tmp_path / "python", "echo \"global.index-url='https://inside.example'\"")
    monkeypatch.setattr(uv, "pip_python", lambda: pip)
    told = uv.with_pip_settings({"PATH": os.environ["PATH"], "UV_DEFAULT_INDEX": "https://mine.example"})
    assert told["UV_DEFAULT_INDEX"] == "https://mine.example"


def test_the_proxy_reaches_the_installer(fake_uv, healthy):
    environment.setup(proxy="http://proxy.example:3128")
    variables = fake_uv.calls()[-1]["variables"]
    assert variables["HTTPS_PROXY"] == variables["https_proxy"] == "http://proxy.example:3128"


POISON = {
    "PYTHONPATH": "/poison",
    "PYTHONHOME": "/poison",
    "PYTHONEXECUTABLE": "/poison",
    "PYTHONSTARTUP": "/poison",
    "PROJ_LIB": "/poison",
    "PROJ_DATA": "/poison",
    "GDAL_DATA": "/poison",
    "GDAL_DRIVER_PATH": "/poison",
    "OGR_DRIVER_PATH": "/poison",
    "GEOTIFF_CSV": "/poison",
    "QT_PLUGIN_PATH": "/poison",
    "CPL_DEBUG": "/poison",
    "__PYVENV_LAUNCHER__": "/poison",
    "VIRTUAL_ENV": "/poison",
    "CONDA_PREFIX": "/poison",
    "LD_LIBRARY_PATH": "/poison",
    "LD_PRELOAD": "/poison",
    "DYLD_LIBRARY_PATH": "/poison",
    "UV_PYTHON": "/poison",
    "UV_TARGET": "/poison",
    "PIP_TARGET": "/poison",
    "PIP_USER": "/poison",
    "PIP_REQUIRE_VIRTUALENV": "/poison",
}


def test_nothing_of_qgis_and_of_other_pythons_reaches_a_child(monkeypatch):
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)
    for surroundings in (process.engine_surroundings(), process.installer_surroundings()):
        assert "/poison" not in surroundings.values()


def test_network_and_index_settings_reach_the_installer_and_the_index_not_the_engine(monkeypatch):
    for name in ("https_proxy", "SSL_CERT_FILE", "PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, "kept")
    installer, engine = process.installer_surroundings(), process.engine_surroundings()
    assert {installer[n] for n in ("https_proxy", "SSL_CERT_FILE", "PIP_INDEX_URL", "UV_DEFAULT_INDEX")} == {"kept"}
    assert engine["https_proxy"] == "kept"
    assert "PIP_INDEX_URL" not in engine
    assert "UV_DEFAULT_INDEX" not in engine
