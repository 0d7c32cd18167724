"""GravRelief: relief of a density interface from gravity. QGIS asks this package for its plugin."""

from __future__ import annotations


def classFactory(iface):
    """Return the plugin; QGIS calls this once with its window, or with None under qgis_process."""
    from .plugin.plugin import GravReliefPlugin

    return GravReliefPlugin(iface)
