"""The pages that come with the plugin, readable without internet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QImage
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

WIDEST_PICTURE = 720


class Pages(QTextBrowser):
    """Markdown files and their pictures; links to the web leave for the browser."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self.follow)

    def follow(self, link: QUrl) -> None:
        """Turn to another page here, or hand the link to the browser."""
        target = self.source().resolved(link)
        if target.isLocalFile() and target.path().endswith(".md") and Path(target.toLocalFile()).is_file():
            self.setSource(target)
        elif link.isRelative() and link.path() == "":
            self.scrollToAnchor(link.fragment())
        else:
            QDesktopServices.openUrl(target)

    def loadResource(self, kind: int, url: QUrl) -> Any:
        """Qt's own, but a picture wider than the page is made to fit it."""
        target = self.source().resolved(url)
        if not target.path().endswith(".png"):
            return super().loadResource(kind, url)
        picture = QImage(target.toLocalFile())
        if picture.width() <= WIDEST_PICTURE:
            return picture
        return picture.scaledToWidth(WIDEST_PICTURE, Qt.TransformationMode.SmoothTransformation)


class HelpWindow(QDialog):
    """A small reader.

    Parameters
    ----------
    page : Path
        The first page, a Markdown file.
    parent : QWidget or None
        The main window of QGIS.
    """

    def __init__(self, page: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("GravRelief: help"))
        self.pages = Pages(self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.back_button = buttons.addButton(self.tr("Back"), QDialogButtonBox.ButtonRole.ActionRole)
        self.back_button.setEnabled(False)
        self.back_button.clicked.connect(self.pages.backward)
        self.pages.backwardAvailable.connect(self.back_button.setEnabled)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.pages)
        layout.addWidget(buttons)
        self.resize(820, 700)
        self.pages.setSource(QUrl.fromLocalFile(str(page)))
