"""QGIS's proxy settings as a URL for the installer."""

from __future__ import annotations

import pytest
from qgis.core import QgsSettings


@pytest.fixture
def settings(qgis_app):
    settings = QgsSettings()
    settings.setValue("proxy/proxyEnabled", True)
    settings.setValue("proxy/proxyType", "HttpProxy")
    settings.setValue("proxy/proxyHost", "proxy.example.org")
    settings.setValue("proxy/proxyPort", "3128")
    yield settings
    settings.remove("proxy")


def proxy_url():
    from gravrelief.plugin.proxy import proxy_url as function

    return function()


def test_host_and_port(settings):
    assert proxy_url() == "http://proxy.example.org:3128"


def test_a_login_is_quoted(settings):
    settings.setValue("proxy/proxyUser", "dr@home")
    settings.setValue("proxy/proxyPassword", "a:b/c")
    assert proxy_url() == "http://dr%40home:a%3Ab%2Fc@proxy.example.org:3128"


def test_a_socks_proxy(settings):
    settings.setValue("proxy/proxyType", "Socks5Proxy")
    assert proxy_url() == "socks5://proxy.example.org:3128"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("proxyEnabled", False),
        ("proxyHost", ""),
        ("proxyType", "DefaultProxy"),
        ("proxyType", "FtpCachingProxy"),
    ],
)
def test_none_where_qgis_uses_none_of_its_own(settings, key, value):
    settings.setValue(f"proxy/{key}", value)
    assert proxy_url() is None
