"""The doors to QGIS's own Processing: an algorithm's dialog, and our group in the toolbox."""

from __future__ import annotations

from typing import Any, Callable

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QModelIndex
from qgis.PyQt.QtWidgets import QDialog, QDockWidget, QTreeView, QWidget

PROVIDER = "gravrelief"

# QGIS does not hold the Python half of these dialogs, without which their Run button does nothing. It does delete them,
# after they are closed and a run under way has ended.
_dialogs: dict[int, QDialog] = {}


def open_algorithm(
    name: str,
    parameters: dict[str, Any] | None = None,
    on_results: Callable[[dict[str, Any]], None] | None = None,
) -> QDialog | None:
    """Show an algorithm's dialog, filled in; None where Processing does not know it.

    Parameters
    ----------
    name : str
        The algorithm's id without the provider's.
    parameters : dict
        Values by parameter name; the others keep their defaults.
    on_results : callable
        Called with the outputs after each run that worked.
    """
    try:
        # Here, not above: Processing is a plugin too, and may be switched off.
        from qgis import processing

        dialog = processing.createAlgorithmDialog(f"{PROVIDER}:{name}", parameters or {})
    except (ImportError, AttributeError):
        return None
    if dialog is None:
        return None
    if on_results is not None:
        dialog.algorithmFinished.connect(lambda worked, results: on_results(results) if worked else None)
    key = id(dialog)
    _dialogs[key] = dialog
    dialog.destroyed.connect(lambda: _dialogs.pop(key, None))
    dialog.show()
    return dialog


def close_algorithms() -> None:
    """Close the dialogs that were opened here."""
    for dialog in list(_dialogs.values()):
        dialog.close()


def show_toolbox_group(window: QWidget) -> bool:
    """Open the Processing toolbox at our group; False where there is no toolbox."""
    toolbox = window.findChild(QDockWidget, "ProcessingToolbox")
    if toolbox is None:
        return False
    toolbox.show()
    toolbox.raise_()
    for tree in toolbox.findChildren(QTreeView):
        _reveal(tree, _provider_name())
    return True


def _provider_name() -> str:
    provider = QgsApplication.processingRegistry().providerById(PROVIDER)
    return provider.name() if provider is not None else ""


def _reveal(tree: QTreeView, name: str) -> None:
    model = tree.model()
    for row in range(model.rowCount(QModelIndex())):
        index = model.index(row, 0)
        if index.data() == name:
            tree.expandRecursively(index)
            tree.setCurrentIndex(index)
            tree.scrollTo(index, QTreeView.ScrollHint.PositionAtTop)
