"""The Set up window, driven as a person would."""

from __future__ import annotations

import sys
import threading

import pytest
from gravrelief.ui import setup_job
from gravrelief.ui.setup_dialog import SetupDialog
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QMessageBox


def click(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def dialog(iface, environment):
    window = SetupDialog(iface.mainWindow(), environment)
    window.show()
    yield window
    window.shut_down()
    window.deleteLater()


def test_it_says_what_will_be_installed_and_where(dialog, environment, wait_until):
    wait_until(lambda: dialog.plan_view.size.text())
    assert dialog.plan_view.folder.text() == str(environment.folder)
    assert dialog.plan_view.python.text() == "Python 3.12"
    assert dialog.plan_view.packages.text().startswith("up to 2,")
    assert "numpy==2" in dialog.plan_view.packages.toolTip()
    assert "700 MB" in dialog.plan_view.size.text()


def test_the_status_is_told_without_the_offer_to_come_here(dialog):
    assert dialog.plan_view.status.text() == "<b>The engine is missing.</b>"
    assert dialog.start_button.text() == "Install"


def test_a_plan_that_fails_is_told_where_the_python_would_stand(iface, environment, wait_until):
    def plan():
        raise environment.SetupError("/gone/python can't be started.")

    environment.plan = plan
    window = SetupDialog(iface.mainWindow(), environment)
    wait_until(lambda: "can't be started" in window.plan_view.python.text())
    window.deleteLater()


def test_setting_up_runs_beside_the_window_and_ends_ready(dialog, environment, wait_until):
    click(dialog.start_button)
    wait_until(lambda: dialog.bar.value() == 500)
    assert environment.calls[0]["thread"] is not threading.main_thread()
    assert not dialog.start_button.isEnabled() and dialog.cancel_button.isEnabled()
    assert dialog.log.text() == "Fetching numpy"
    environment.gate.set()
    wait_until(lambda: not dialog.job.is_running())
    assert dialog.bar.value() == dialog.bar.maximum()
    assert "is ready" in dialog.plan_view.status.text()
    assert dialog.start_button.isEnabled() and not dialog.cancel_button.isEnabled()
    assert dialog.start_button.text() == "Check"


def test_a_failure_is_told_and_a_retry_mends_it(dialog, environment, wait_until):
    environment.gate.set()
    environment.failures = ["The folder cannot be written: name another with GRAVRELIEF_HOME."]
    click(dialog.start_button)
    wait_until(lambda: environment.calls and not dialog.job.is_running())
    assert "cannot be written" in dialog.step.text()
    assert "cannot be written" in dialog.log.text()
    assert dialog.start_button.text() == "Retry"
    click(dialog.start_button)
    wait_until(lambda: not dialog.job.is_running())
    assert "is ready" in dialog.plan_view.status.text()
    assert len(environment.calls) == 2


def test_a_fault_of_ours_is_told_too(dialog, environment, wait_until):
    environment.setup = lambda **anything: 1 / 0
    click(dialog.start_button)
    wait_until(lambda: not dialog.job.is_running())
    assert "ZeroDivisionError" in dialog.step.text()


def test_cancel_stops_the_installer_and_the_window_can_start_again(dialog, environment, wait_until):
    click(dialog.start_button)
    wait_until(lambda: dialog.bar.value() == 500)
    click(dialog.cancel_button)
    wait_until(lambda: not dialog.job.is_running())
    assert "Stopped" in dialog.step.text()
    assert not environment.folder.exists()
    assert dialog.isVisible() and dialog.start_button.isEnabled()


def test_closing_while_it_runs_asks_and_going_on_keeps_it_running(dialog, environment, wait_until):
    click(dialog.start_button)
    dialog.close()
    question = dialog.findChild(QMessageBox)
    click(question.button(QMessageBox.StandardButton.No))
    assert dialog.isVisible() and dialog.job.is_running()
    environment.gate.set()
    wait_until(lambda: not dialog.job.is_running())
    assert dialog.isVisible() and "is ready" in dialog.plan_view.status.text()


def test_closing_while_it_runs_stops_it_first_where_the_user_says_so(dialog, environment, wait_until):
    click(dialog.start_button)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    question = dialog.findChild(QMessageBox)
    assert dialog.isVisible()
    click(question.button(QMessageBox.StandardButton.Yes))
    wait_until(lambda: not dialog.isVisible())
    assert not environment.folder.exists()


def test_after_stopping_and_closing_the_window_works_as_before(dialog, environment, wait_until):
    click(dialog.start_button)
    dialog.close()
    click(dialog.findChild(QMessageBox).button(QMessageBox.StandardButton.Yes))
    wait_until(lambda: not dialog.isVisible())
    dialog.show()
    environment.gate.set()
    click(dialog.start_button)
    wait_until(lambda: not dialog.job.is_running())
    assert dialog.isVisible() and "is ready" in dialog.plan_view.status.text()


def test_closing_twice_asks_once(dialog, environment):
    click(dialog.start_button)
    dialog.close()
    dialog.close()
    assert len(dialog.findChildren(QMessageBox)) == 1


def test_the_question_goes_away_when_the_installer_ends_first(dialog, environment, wait_until):
    click(dialog.start_button)
    dialog.close()
    environment.gate.set()
    wait_until(lambda: not dialog.job.is_running())
    assert not dialog.findChildren(QMessageBox)
    assert dialog.isVisible()


def test_the_folder_of_wheels_is_handed_on(dialog, environment, tmp_path, wait_until):
    environment.gate.set()
    dialog.wheels.setFilePath(str(tmp_path))
    click(dialog.start_button)
    wait_until(lambda: not dialog.job.is_running())
    assert environment.calls[0]["wheels"] == str(tmp_path)
    assert environment.calls[0]["python"] is None


def test_an_existing_python_that_answers_is_handed_on(dialog, environment, wait_until):
    environment.gate.set()
    dialog.interpreter.file.setFilePath(sys.executable)
    assert not dialog.start_button.isEnabled()
    wait_until(lambda: dialog.start_button.isEnabled())
    click(dialog.start_button)
    wait_until(lambda: not dialog.job.is_running())
    assert environment.calls[0]["python"] == sys.executable


def test_an_existing_python_that_does_not_answer_can_not_be_installed_on(dialog, environment, wait_until):
    dialog.interpreter.file.setFilePath("/no/such/python")
    wait_until(lambda: "can't be started" in dialog.interpreter.verdict.text())
    assert not dialog.start_button.isEnabled()
    click(dialog.start_button)
    assert environment.calls == []


def test_an_earlier_choice_is_shown_and_clearing_it_takes_it_back(iface, environment, wait_until):
    environment.chosen = sys.executable
    window = SetupDialog(iface.mainWindow(), environment)
    window.show()
    assert window.interpreter.path() == sys.executable
    window.interpreter.file.setFilePath("")
    environment.gate.set()
    click(window.start_button)
    wait_until(lambda: not window.job.is_running())
    assert environment.chosen is None and environment.calls[0]["python"] is None
    window.close()
    window.deleteLater()


def test_unloading_while_it_runs_asks_nothing_and_leaves_no_thread(dialog, environment, wait_until):
    click(dialog.start_button)
    wait_until(lambda: dialog.bar.value() == 500)
    dialog.shut_down()
    assert not environment.calls[0]["thread"].is_alive()
    assert not dialog.isVisible()


def test_a_running_engine_is_ended_before_its_files_are_replaced(dialog, environment, wait_until, monkeypatch):
    order = []
    monkeypatch.setattr(setup_job.client, "stop_shared_worker", lambda: order.append("stopped"))
    monkeypatch.setattr(environment, "setup", lambda **anything: order.append("set up"))
    click(dialog.start_button)
    wait_until(lambda: not dialog.job.is_running())
    assert order == ["stopped", "set up"]
