"""The proxy that QGIS is set to use, in the form an installer understands."""

from __future__ import annotations

from urllib.parse import quote

from qgis.core import QgsSettings

SCHEMES = {"HttpProxy": "http", "HttpCachingProxy": "http", "Socks5Proxy": "socks5"}


def proxy_url() -> str | None:
    """Scheme, login where there is one, host and port as a URL; None where QGIS uses no proxy of its own."""
    settings = QgsSettings()
    host = settings.value("proxy/proxyHost", "", str)
    scheme = SCHEMES.get(settings.value("proxy/proxyType", "", str))
    if not settings.value("proxy/proxyEnabled", False, bool) or not host or not scheme:
        return None
    port = settings.value("proxy/proxyPort", "", str)
    user = settings.value("proxy/proxyUser", "", str)
    word = settings.value("proxy/proxyPassword", "", str)
    login = f"{quote(user, safe='')}:{quote(word, safe='')}@" if user else ""
    return f"{scheme}://{login}{host}" + (f":{port}" if port else "")
