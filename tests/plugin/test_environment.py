"""The engine's environment: found, made, mended; and every way in which that fails, said in words."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from pathlib import Path

import pytest
from gravrelief.plugin.engine import environment, folders, install, process, python, uv
from gravrelief.plugin.engine.folders import SetupError

PATIENCE = 30.0


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    """A home folder of the test's own, and no choice of the machine's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("GRAVRELIEF_HOME", str(folder))
    for name in ("GRAVRELIEF_PYTHON", "UV_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def fake_uv(tmp_path, monkeypatch):
    """A uv on PATH that is ours; call it with a plan, ask it for its calls."""
    folder = tmp_path / "programs"
    folder.mkdir()
    program = folder / "uv"
    source = (Path(__file__).parent / "fake_uv.py").read_text()
    program.write_text(f"#!{sys.executable} -I\n{source}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def plan(**steps) -> None:
        (folder / "uv.json").write_text(json.dumps(steps))

    def calls() -> list[dict]:
        return [json.loads(line) for line in (folder / "calls.jsonl").read_text().splitlines()]

    plan()
    plan.calls = calls
    # Looking through PATH and asking pip have tests of their own; here they would only take time.
    base = python.Python(sys.executable, sys.version_info[:3], 64, "CPython", sys.executable)
    monkeypatch.setattr(install, "find_python", lambda: base)
    monkeypatch.setattr(install, "with_pip_settings", dict)
    return plan


@pytest.fixture
def healthy(monkeypatch):
    """Every interpreter of an environment of ours passes the self-test; others have no packages."""
    asked = []

    def examine(path, is_cancelled=lambda: False):
        asked.append(path)
        return [] if "e-" in path else ["numpy can't be imported"]

    monkeypatch.setattr(environment, "examine", examine)
    monkeypatch.setattr(install, "examine", examine)
    return asked


def finished(folder: Path, **changes) -> Path:
    """Make what a finished environment looks like; its interpreter."""
    inside = folders.interpreter(folder)
    inside.parent.mkdir(parents=True)
    inside.symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text("")
    marker = {"lock": folders.lock_hash(), "base": os.path.realpath(sys.executable), "named": None}
    folders.write_json(folder / folders.MARKER, {**marker, **changes})
    return inside


def program(path: Path, text: str) -> str:
    """Write a script that can be started; its path."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


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


def test_without_pip_and_venv_the_message_holds_the_line_that_mends_it(home, monkeypatch):
    monkeypatch.setattr(environment, "examine", lambda *a: ["not yet"])
    monkeypatch.setattr(install, "find_uv", lambda home: None)
    monkeypatch.setattr(uv, "pip_python", lambda: "/bin/false")
    with pytest.raises(SetupError, match="sudo apt-get install python3-venv"):
        environment.setup()


@pytest.mark.parametrize(
    ("config", "variables"),
    [
        ("global.index-url='https://inside.example/simple'", {"UV_DEFAULT_INDEX": "https://inside.example/simple"}),
        (
            r"global.extra-index-url='\nhttps://one.example/s\nhttps://two.example/s'",
            {
                "UV_INDEX": "https://one.example/s https://two.example/s",
                "UV_INDEX_STRATEGY": "unsafe-best-match",
            },
        ),
        (":env:.find-links='/wheels /more'", {"UV_FIND_LINKS": "/wheels,/more"}),
        ("user.cert='/inside.pem'", {"SSL_CERT_FILE": "/inside.pem"}),
        ("global.timeout='60'", {}),
    ],
)
def test_uv_is_told_what_pip_is_told(tmp_path, monkeypatch, config, variables):
    (tmp_path / "config").write_text(config)
    pip = program(tmp_path / "python", f"cat {tmp_path / 'config'}")
    monkeypatch.setattr(uv, "pip_python", lambda: pip)
    told = uv.with_pip_settings({"PATH": os.environ["PATH"]})
    del told["PATH"]
    assert told == variables


def test_what_uv_was_told_itself_counts_more_than_pip(tmp_path, monkeypatch):
    pip = program(tmp_path / "python", "echo \"global.index-url='https://inside.example'\"")
    monkeypatch.setattr(uv, "pip_python", lambda: pip)
    told = uv.with_pip_settings({"PATH": os.environ["PATH"], "UV_DEFAULT_INDEX": "https://mine.example"})
    assert told["UV_DEFAULT_INDEX"] == "https://mine.example"


def test_the_proxy_reaches_the_installer(fake_uv, healthy):
    environment.setup(proxy="http://proxy.example:3128")
    variables = fake_uv.calls()[-1]["variables"]
    assert variables["HTTPS_PROXY"] == variables["https_proxy"] == "http://proxy.example:3128"


POISON = {
    "PYTHONPATH": "/poison",
    "PYTHONHOME": "/poison",
    "PYTHONEXECUTABLE": "/poison",
    "PYTHONSTARTUP": "/poison",
    "PROJ_LIB": "/poison",
    "PROJ_DATA": "/poison",
    "GDAL_DATA": "/poison",
    "GDAL_DRIVER_PATH": "/poison",
    "OGR_DRIVER_PATH": "/poison",
    "GEOTIFF_CSV": "/poison",
    "QT_PLUGIN_PATH": "/poison",
    "CPL_DEBUG": "/poison",
    "__PYVENV_LAUNCHER__": "/poison",
    "VIRTUAL_ENV": "/poison",
    "CONDA_PREFIX": "/poison",
    "LD_LIBRARY_PATH": "/poison",
    "LD_PRELOAD": "/poison",
    "DYLD_LIBRARY_PATH": "/poison",
    "UV_PYTHON": "/poison",
    "UV_TARGET": "/poison",
    "PIP_TARGET": "/poison",
    "PIP_USER": "/poison",
    "PIP_REQUIRE_VIRTUALENV": "/poison",
}


def test_nothing_of_qgis_and_of_other_pythons_reaches_a_child(monkeypatch):
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)
    for surroundings in (process.engine_surroundings(), process.installer_surroundings()):
        assert "/poison" not in surroundings.values()


def test_network_and_index_settings_reach_the_installer_and_the_index_not_the_engine(monkeypatch):
    for name in ("https_proxy", "SSL_CERT_FILE", "PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, "kept")
    installer, engine = process.installer_surroundings(), process.engine_surroundings()
    assert {installer[n] for n in ("https_proxy", "SSL_CERT_FILE", "PIP_INDEX_URL", "UV_DEFAULT_INDEX")} == {"kept"}
    assert engine["https_proxy"] == "kept"
    assert "PIP_INDEX_URL" not in engine
    assert "UV_DEFAULT_INDEX" not in engine


def test_the_plan_says_what_goes_where():
    plan = environment.plan()
    assert plan.folder == str(folders.environment_folder())
    assert any(re.fullmatch(r"numba==[\d.]+", package) for package in plan.packages)
    assert not Path(plan.folder).exists()
