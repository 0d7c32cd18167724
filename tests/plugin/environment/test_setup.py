"""The environment made, mended and renewed; and every way in which that fails, said in words."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from gravrelief.plugin.engine import environment, folders, install, lock, process, uv
from gravrelief.plugin.engine.folders import SetupError

from .conftest import finished

PATIENCE = 30.0


def test_setup_makes_verifies_and_marks_the_environment(home, fake_uv, healthy):
    shares = []
    made = environment.setup(on_progress=shares.append)
    assert made == str(folders.interpreter(folders.environment_folder()))
    assert healthy == [made]
    assert environment.engine_python() == made
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_packages_are_installed_from_wheels_by_hash_and_compiled(fake_uv, healthy):
    environment.setup()
    (install_call,) = [c["arguments"] for c in fake_uv.calls() if c["arguments"][:2] == ["pip", "install"]]
    for option in ("--require-hashes", "--compile-bytecode", str(folders.LOCK)):
        assert option in install_call
    assert install_call[install_call.index("--only-binary") + 1] == ":all:"


def test_setup_does_nothing_where_all_works(fake_uv, healthy):
    finished(folders.environment_folder())
    lines = []
    environment.setup(on_line=lines.append)
    assert lines == ["The engine is installed and works"]


def test_a_broken_environment_is_made_anew(fake_uv, monkeypatch, healthy):
    left_over = folders.environment_folder() / "left over"
    finished(folders.environment_folder())
    left_over.write_text("")
    monkeypatch.setattr(environment, "examine", lambda *a: ["scipy can't be imported"])
    environment.setup()
    assert environment.engine_python() is not None
    assert not left_over.exists()


def test_old_environments_go_once_the_new_one_works_and_nothing_else_does(home, fake_uv, healthy):
    old, strange, notes = home / "e-00000000", home / "e-11111111", home / "notes"
    old_uv = home / "uv-00000000"
    finished(old)
    (old_uv / "bin").mkdir(parents=True)
    (old_uv / "bin" / "uv").write_text("")
    strange.mkdir()  # not an environment, whatever its name
    notes.mkdir()
    environment.setup()
    assert not old.exists()
    assert not old_uv.exists()
    assert strange.exists()
    assert notes.exists()


def test_an_old_environment_stays_where_the_new_one_fails(home, fake_uv, healthy):
    old = home / "e-00000000"
    finished(old)
    fake_uv(fail="error: something else")
    with pytest.raises(SetupError):
        environment.setup()
    assert old.exists()


def test_two_installers_at_once_install_once(home, fake_uv, healthy, tmp_path, monkeypatch):
    waiting, made = threading.Event(), []
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    fake_uv(block=str(pipe))
    downloading = threading.Event()

    def first() -> None:
        made.append(environment.setup(on_line=lambda line: downloading.set() if line.startswith("Down") else None))

    def second() -> None:
        lines = []

        def on_line(line: str) -> None:
            lines.append(line)
            if "Another QGIS" in line:
                waiting.set()

        made.append(environment.setup(on_line=on_line))
        assert "Another QGIS" in lines[0]

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert downloading.wait(PATIENCE)
    threads[1].start()
    assert waiting.wait(PATIENCE)
    with open(pipe, "w"):
        pass  # lets the first installer's download end
    for thread in threads:
        thread.join(PATIENCE)
    assert made[0] == made[1]
    assert len(made) == 2
    installs = [c for c in fake_uv.calls() if c["arguments"][:2] == ["pip", "install"]]
    assert len(installs) == 1


def test_a_cancelled_setup_leaves_nothing_that_looks_finished(fake_uv, healthy, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    fake_uv(block=str(pipe))
    started = threading.Event()
    with pytest.raises(SetupError, match="cancelled"):
        environment.setup(
            on_line=lambda line: started.set() if line.startswith("Down") else None,
            is_cancelled=started.is_set,
        )
    assert environment.engine_python() is None
    fake_uv()
    assert environment.setup() == environment.engine_python()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("error: Failed to fetch: dns error", ["index can't be reached", "WHEELS", "PYTHON"]),
        ("error: client error (Connect)\n  Caused by: tcp connect error", ["network", "proxy"]),
        ("  Caused by: invalid peer certificate: UnknownIssuer", ["certificate", "SSL_CERT_FILE"]),
        ("error: failed to write: No space left on device (os error 28)", ["disk is full", "GRAVRELIEF_HOME"]),
        ("error: Hash mismatch for `numpy==2`", ["not the one that was locked"]),
        ("error: Permission denied (os error 13)", ["can't be written", "GRAVRELIEF_HOME", "PYTHON"]),
        ("error: it is Monday", ["it is Monday", "PYTHON"]),
    ],
)
def test_a_failed_installation_is_one_paragraph_with_its_remedy(fake_uv, healthy, said, words):
    fake_uv(fail=said)
    with pytest.raises(SetupError) as caught:
        environment.setup()
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message
    assert environment.engine_python() is None


def test_an_environment_that_fails_its_selftest_is_not_kept_for_use(fake_uv, monkeypatch):
    monkeypatch.setattr(install, "examine", lambda *a: ["The kernels can't be compiled: no compiler"])
    with pytest.raises(SetupError, match=r"does not work: The kernels can't be compiled.*PYTHON"):
        environment.setup()
    assert environment.engine_python() is None


def test_a_folder_that_holds_no_programs_is_named(fake_uv, healthy):
    fake_uv(**{"no programs": True})
    with pytest.raises(SetupError, match="holds no programs") as caught:
        environment.setup()
    assert "GRAVRELIEF_HOME" in str(caught.value)
    assert "PYTHON" in str(caught.value)


def test_a_home_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" / "home"
    monkeypatch.setenv("GRAVRELIEF_HOME", str(home))
    with pytest.raises(SetupError, match="can't be written") as caught:
        environment.setup()
    assert str(home) in str(caught.value)
    assert "PYTHON" in str(caught.value)


def test_a_full_disk_is_seen_before_anything_is_fetched(fake_uv, monkeypatch):
    monkeypatch.setattr(install.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 2**20}))
    with pytest.raises(SetupError, match="1 MB left, and 1500 MB are needed"):
        environment.setup()


def test_wheels_that_are_no_folder_are_named():
    with pytest.raises(SetupError, match=r"WHEELS\) /nowhere does not exist"):
        environment.setup(wheels="/nowhere")


def test_a_folder_of_wheels_is_used_without_an_index(fake_uv, healthy, tmp_path):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    environment.setup(wheels=str(wheels))
    call = fake_uv.calls()[-1]["arguments"]
    assert call[-4:] == ["--no-index", "--find-links", str(wheels), "--offline"]


def test_without_pip_and_venv_the_message_holds_the_line_that_mends_it(home, monkeypatch):
    monkeypatch.setattr(environment, "examine", lambda *a: ["not yet"])
    monkeypatch.setattr(install, "find_uv", lambda home: None)
    monkeypatch.setattr(uv, "pip_python", lambda: "/bin/false")
    with pytest.raises(SetupError, match="sudo apt-get install python3-venv"):
        environment.setup()


KILLED = """
import sys
sys.path.insert(0, {root!r})
from plugin.engine import environment, install, python
base = python.Python(sys.executable, sys.version_info[:3], 64, "CPython", sys.executable)
install.find_python = lambda: base
install.with_pip_settings = dict
environment.examine = install.examine = lambda path, *rest: [] if "e-" in path else ["not yet"]
environment.setup(on_line=lambda line: print(line, flush=True))
"""


def test_the_children_of_a_setup_that_is_killed_hold_its_lock_until_they_end(home, fake_uv, healthy, tmp_path):
    """The next setup waits for them, and removes what they left."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    fake_uv(block=str(pipe))
    root = str(Path(__file__).resolve().parents[3])
    killed = subprocess.Popen([sys.executable, "-c", KILLED.format(root=root)], stdout=subprocess.PIPE, text=True)
    for line in killed.stdout:
        if line.startswith("Downloading"):
            break
    killed.kill()
    killed.wait()
    killed.stdout.close()
    (home / "e-00000000.old.7").mkdir()
    (home / "gravrelief.json.7.part").write_text("{")
    fake_uv()
    lines: list[str] = []

    def on_line(line: str) -> None:
        lines.append(line)
        if "Another QGIS" in line:
            with open(pipe, "w"):
                pass  # lets the orphan end

    made = environment.setup(on_line=on_line)
    assert "Another QGIS" in lines[0]
    assert made == environment.engine_python()
    assert {path.name for path in home.iterdir()} == {folders.environment_folder().name, "setup.lock"}


def test_a_lock_that_was_given_back_is_free_though_a_child_shares_it(home):
    """Of a worker, say, that was started while the setup ran."""
    folders.make_home()
    with lock.locked(home / "setup.lock", lambda: None, lambda: False):
        child = process.start(["/bin/sleep", "60"], {}, descriptors=tuple(process.SHARED))
    try:
        with lock.locked(home / "setup.lock", lambda: pytest.fail("it is still held"), lambda: True):
            pass
    finally:
        process.end(child)
        child.stdout.close()
        child.stderr.close()


def test_files_of_the_plugin_that_are_missing_are_said(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "LOCK", tmp_path / "engine.lock")
    status = environment.status()
    assert not status.ready
    assert "install the plugin again" in status.message and "engine.lock is missing" in status.message
