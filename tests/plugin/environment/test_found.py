"""Which environment or interpreter is used, and what is said of those that can't be."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from gravrelief.plugin.engine import environment, folders, install, process, python
from gravrelief.plugin.engine.folders import SetupError

from .conftest import finished, program


def test_nothing_installed_is_said_with_the_offer():
    status = environment.status()
    assert not status.ready
    assert "not installed yet" in status.message
    assert "Set up the engine" in status.message
    assert environment.engine_python() is None


def test_a_half_made_environment_is_not_used():
    inside = folders.interpreter(folders.environment_folder())
    inside.parent.mkdir(parents=True)
    inside.symlink_to(sys.executable)
    assert environment.engine_python() is None
    assert "only half installed" in environment.status().message


def test_a_finished_environment_is_found_without_starting_it(monkeypatch):
    inside = finished(folders.environment_folder())
    monkeypatch.setattr(process, "start", lambda *a, **k: pytest.fail("a process was started"))
    assert environment.engine_python() == str(inside)


def test_an_environment_of_another_lock_file_is_not_used():
    finished(folders.environment_folder(), lock="0" * 64)
    assert environment.engine_python() is None


@pytest.mark.parametrize("windows_like", [False, True])
def test_a_base_python_that_has_gone_is_noticed(tmp_path, windows_like):
    base = tmp_path / "python3.11"
    base.symlink_to(sys.executable)
    inside = finished(folders.environment_folder(), base=str(base))
    if not windows_like:  # there the environment's own program stays when its base goes
        inside.unlink()
        inside.symlink_to(base)
    assert environment.engine_python() is not None
    base.unlink()
    status = environment.status()
    assert not status.ready
    assert f"({base}) is gone" in status.message


def test_line_ends_of_a_checkout_do_not_change_the_fingerprint(tmp_path, monkeypatch):
    before = folders.lock_hash()
    copy = tmp_path / "engine.lock"
    copy.write_bytes(folders.LOCK.read_bytes().replace(b"\n", b"\r\n"))
    monkeypatch.setattr(folders, "LOCK", copy)
    assert folders.lock_hash() == before


def test_the_plan_says_what_goes_where():
    plan = environment.plan()
    assert plan.folder == str(folders.environment_folder())
    assert any(re.fullmatch(r"numba==[\d.]+", package) for package in plan.packages)
    assert not Path(plan.folder).exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [("exit 3", "did not answer as a Python"), ("echo hello", "did not answer as a Python")],
)
@pytest.mark.parametrize("by", ["argument", "variable"])
def test_a_broken_interpreter_in_the_settings_is_named(tmp_path, monkeypatch, text, words, by):
    broken = program(tmp_path / "python", text)
    given = broken if by == "argument" else None
    if by == "variable":
        monkeypatch.setenv("GRAVRELIEF_PYTHON", broken)
    with pytest.raises(SetupError, match="PYTHON can't be used") as caught:
        environment.setup(python=given)
    assert broken in str(caught.value)
    assert words in str(caught.value)


def test_an_interpreter_that_hangs_is_given_up(tmp_path, monkeypatch):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setattr(python, "TRIAL_SECONDS", 0.2)
    hanging = program(tmp_path / "python", f"read line < {pipe}")
    with pytest.raises(SetupError, match="did not answer within"):
        python.try_python(hanging)


def test_an_interpreter_that_is_not_there_is_named():
    with pytest.raises(SetupError, match="/nowhere/python can't be started"):
        environment.setup(python="/nowhere/python")


def test_an_old_interpreter_is_refused_with_what_is_needed(tmp_path):
    answer = '{"version": [3, 9, 2], "bits": 64, "kind": "CPython", "prefix": "/", "base": "/x"}'
    old = program(tmp_path / "python", f"echo '{answer}'")
    with pytest.raises(SetupError, match=r"Python 3\.9\.2 .* needs 3\.11 to 3\.14"):
        environment.setup(python=old)


def test_an_interpreter_that_has_everything_is_used_as_it_is(fake_uv, monkeypatch):
    monkeypatch.setattr(environment, "examine", lambda *a: [])
    assert environment.setup(python=sys.executable) == sys.executable
    assert environment.engine_python() == sys.executable
    assert not folders.environment_folder().exists()


def test_a_chosen_interpreter_that_has_gone_is_said(tmp_path, monkeypatch):
    chosen = tmp_path / "python"
    chosen.symlink_to(sys.executable)
    monkeypatch.setattr(environment, "examine", lambda *a: [])
    environment.setup(python=str(chosen))
    chosen.unlink()
    assert f"{chosen}, is gone" in environment.status().message


def test_an_earlier_choice_that_broke_is_given_up_for_another(tmp_path, fake_uv, healthy):
    folders.make_home()
    folders.write_json(folders.settings_file(), {"python": str(tmp_path / "gone")})
    lines = []
    environment.setup(on_line=lines.append)
    assert any("Another one is looked for" in line for line in lines)
    assert environment.named_python() is None
    assert environment.engine_python() is not None


def test_damaged_settings_count_as_none():
    folders.make_home()
    folders.settings_file().write_text("{")
    assert environment.named_python() is None


def test_broken_pythons_on_path_are_passed_over(tmp_path, monkeypatch):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    program(first / "python3.12", "exit 1")
    (second / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", f"{first}{os.pathsep}{second}")
    assert python.find_python().path == str(second / "python3")


def test_without_any_python_the_message_names_the_setting(fake_uv, healthy, monkeypatch):
    monkeypatch.setattr(install, "find_python", lambda: None)
    with pytest.raises(SetupError, match=r"No Python from 3\.11 to 3\.14 was found.*PYTHON"):
        environment.setup()
