"""A temporary folder that is full, gone, or cleaned in the middle of a run: one sentence, and the remedy."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from gravrelief.plugin.algorithms import enginejob
from gravrelief.plugin.engine import client, export, jobfolder

REMEDY = "Make room there, or set TMPDIR to another folder and start QGIS again."


@pytest.fixture()
def temporary(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_one_that_is_gone(engine, run, survey, feedback, temporary):
    temporary.rmdir()
    assert not run("gravitymisfit", **survey)[1]
    said = f"The temporary folder {temporary} can't be written (No such file or directory). {REMEDY}"
    assert feedback.errors == [said]


@pytest.mark.parametrize("where", ["job.json", "gravity"])
def test_one_that_is_full(engine, run, survey, feedback, temporary, monkeypatch, where):
    def full(*arguments, **named):
        raise OSError(28, "No space left on device")

    if where == "gravity":
        monkeypatch.setattr(export, "write_columns", full)
    else:
        monkeypatch.setattr(enginejob.Path, "write_text", full)
    assert not run("gravitymisfit", **survey)[1]
    assert feedback.errors == [f"The temporary folder {temporary} can't be written (No space left on device). {REMEDY}"]
    assert list(temporary.iterdir()) == []


def test_one_that_is_full_when_the_engine_hands_over(engine, run, survey, feedback, temporary):
    def outputs(job, folder):
        text = f"STATIONS: {folder}/stations.columns.json can't be written (No space left on device). Make room there."
        return client.EngineError("input", text, "STATIONS")

    engine.outputs = outputs
    assert not run("gravitymisfit", **survey, STATIONS="memory:")[1]
    said = f"The temporary folder {temporary} can't be written (No space left on device). {REMEDY}"
    assert feedback.errors == [f"STATIONS: {said}"]
    assert list(temporary.iterdir()) == []


def test_a_jobs_folder_that_is_cleaned_away(engine, run, survey, feedback, temporary):
    def outputs(job, folder):
        shutil.rmtree(folder)
        return client.EngineError("input", f"The job file {folder}/job.json can't be read: No such file or directory.")

    engine.outputs = outputs
    assert not run("gravitymisfit", **survey)[1]
    assert feedback.errors[0].endswith("vanished while the job ran. Run it again, and let nothing clean it away.")


def test_a_jobs_folder_says_whose_it_is_and_that_it_is_kept(temporary, monkeypatch):
    monkeypatch.setattr(jobfolder.os, "getpid", lambda: 4711)
    folder = jobfolder.make_job_folder()
    assert folder.name.startswith("gravrelief-4711-")
    jobfolder.keep_job_folder(folder)
    assert (folder / "kept-for-a-week").exists()


def test_the_engine_knows_the_names_of_job_folders(temporary):
    from gravrelief.core.worker import leftovers

    assert leftovers.OF_A_RUN.fullmatch(jobfolder.make_job_folder().name)
    assert leftovers.MARK == jobfolder.MARK
