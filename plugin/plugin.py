"""The plugin object: it adds the provider, the menu where there is a window, and takes both away."""

from __future__ import annotations

from qgis.core import QgsApplication

from .provider import GravReliefProvider


class GravReliefPlugin:
    """Put together by QGIS through ``classFactory``; ``iface`` is None under qgis_process."""

    def __init__(self, iface) -> None:
        self.iface = iface
        self.provider = None
        self.menu = None

    def initProcessing(self) -> None:
        """Add the provider, once: adding a taken id would delete it."""
        if self.provider is None:
            self.provider = GravReliefProvider()
            QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        self.initProcessing()
        if self.iface is not None:
            from ..ui.menu import Menu

            self.menu = Menu(self.iface)
            self.menu.add()

    def unload(self) -> None:
        """Take the menu and the provider away and end the engine's process."""
        if self.menu is not None:
            self.menu.remove()
            self.menu = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        from .engine.client import stop_shared_worker

        stop_shared_worker()
