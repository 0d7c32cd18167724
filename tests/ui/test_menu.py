"""The menu, its button and its hint: there after add, gone after remove."""

from __future__ import annotations

import pytest
from gravrelief.ui import menu as menu_module
from gravrelief.ui.help_window import HelpWindow
from gravrelief.ui.menu import Menu
from gravrelief.ui.setup_dialog import SetupDialog
from gravrelief.ui.tutorial_dialog import TutorialDialog
from gravrelief.ui.tutorial_steps import STEPS
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt, QUrl
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDialog, QDockWidget, QPushButton


@pytest.fixture
def menu(iface, environment):
    made = Menu(iface, environment)
    made.add()
    yield made
    made.remove()


def entry(iface, text):
    return next(action for action in iface.menu.actions() if action.text() == text)


def hint_button(iface):
    return next((b for b in iface.bar.findChildren(QPushButton) if b.text() == "Set up…"), None)


def test_the_entries_and_one_button_are_added(menu, iface):
    texts = [action.text() for action in iface.menu.actions() if not action.isSeparator()]
    assert texts == [
        "Set up the engine…",
        "Tutorial…",
        "Damping by cross validation…",
        "Inversion…",
        "Show in the toolbox",
        "Help",
    ]
    assert [action.text() for action in iface.buttons] == ["Show in the toolbox"]


def test_nothing_is_left_after_remove(menu, iface, environment, wait_until):
    for text in ("Set up the engine…", "Tutorial…", "Help"):
        entry(iface, text).trigger()
    wait_until(lambda: hint_button(iface))
    windows = (SetupDialog, TutorialDialog, HelpWindow)
    assert all(iface.window.findChildren(window) for window in windows)
    menu.remove()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert iface.menu.actions() == [] and iface.buttons == []
    assert iface.window.findChildren(QDialog) == []
    assert iface.bar.currentItem() is None


def test_removing_stops_a_running_installer(menu, iface, environment, wait_until):
    entry(iface, "Set up the engine…").trigger()
    QTest.mouseClick(iface.window.findChild(SetupDialog).start_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: environment.calls)
    menu.remove()
    assert not environment.calls[0]["thread"].is_alive()


def test_the_hint_opens_the_window_and_goes(menu, iface, wait_until):
    wait_until(lambda: hint_button(iface))
    QTest.mouseClick(hint_button(iface), Qt.MouseButton.LeftButton)
    assert iface.window.findChild(SetupDialog).isVisible()
    assert iface.bar.currentItem() is None


def test_the_hint_comes_once(menu, iface, environment, wait_until):
    wait_until(lambda: hint_button(iface))
    assert not Menu(iface, environment)._hint.show_if_needed()


def test_no_hint_where_the_engine_is_there(iface, environment):
    environment.folder.mkdir()
    (environment.folder / "done").touch()
    assert not Menu(iface, environment)._hint.show_if_needed()
    assert iface.bar.currentItem() is None


def test_a_menu_removed_before_qgis_is_up_shows_no_hint(iface, environment):
    menu = Menu(iface, environment)
    menu.add()
    menu.remove()
    QTest.qWait(0)
    assert iface.bar.currentItem() is None


def test_without_processing_the_user_is_told_to_switch_it_on(menu, iface, monkeypatch):
    monkeypatch.setattr(menu_module, "open_algorithm", lambda name: None)
    for text in ("Inversion…", "Show in the toolbox"):
        iface.bar.clearWidgets()
        entry(iface, text).trigger()
        assert "Switch on the Processing plugin" in iface.bar.currentItem().text()


def test_the_toolbox_is_shown(menu, iface):
    toolbox = QDockWidget(iface.window)
    toolbox.setObjectName("ProcessingToolbox")
    toolbox.hide()
    iface.buttons[0].trigger()
    assert toolbox.isVisible()


def test_the_map_shows_the_model_once_the_tutorial_has_made_it(menu, iface, wait_until):
    entry(iface, "Tutorial…").trigger()
    dialog = iface.window.findChild(TutorialDialog)
    for step in STEPS[:2]:
        dialog._keep(step, {"STATIONS": "s", "RELIEF": "r", "REFERENCE_LEVEL_USED": 1})
    wait_until(lambda: iface.zoomed)
    assert iface.zoomed == 1


def test_help_opens_the_pages_that_came_along(menu, iface):
    entry(iface, "Help").trigger()
    window = iface.window.findChild(HelpWindow)
    assert "GravRelief" in window.pages.toPlainText()
    window.pages.follow(QUrl("docs/tutorial.md"))
    assert window.pages.source().path().endswith("docs/tutorial.md")
    assert window.back_button.isEnabled()


def test_without_the_pages_help_is_the_home_page(menu, iface, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(menu_module, "README", tmp_path / "README.md")
    monkeypatch.setattr(menu_module.QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    entry(iface, "Help").trigger()
    assert opened == [menu_module.HOMEPAGE]
