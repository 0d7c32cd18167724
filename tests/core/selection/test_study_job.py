"""The cross validation as a job: its study taken up again, what is said of the best damping, and what the refit fits."""

from __future__ import annotations

import csv

import numpy as np
import pytest


@pytest.fixture
def validate(engine, survey):
    def run(**changes):
        job = {"task": "dampingcrossvalidation", **survey, "test_field": "test", "trials": 4, "damping_min": 1e-4}
        return engine(**{**job, "damping_max": 1e-1, **changes})

    return run


def test_a_reopened_study_gives_the_same_best_and_scores(validate, tmp_path):
    first = validate(study="study.log", scores="first.csv", report="first.html").outputs
    run = validate(study="study.log", scores="again.csv", report="again.html")
    again = run.outputs
    assert not run.of("trial")
    assert (tmp_path / "first.csv").read_bytes() == (tmp_path / "again.csv").read_bytes()
    for name in ("best_damping", "best_score", "damping_all", "rms_misfit", "iterations"):
        assert again[name] == first[name]


@pytest.mark.parametrize(
    "change",
    [
        {"density_contrast": 2600},
        {"penalty": 2},
        {"reference_level": 400.0},
        {"error": 0.3},
        {"derivative": 1},
        {"tolerance": 1e-5},
        {"true_relief": "relief.tif"},
    ],
)
def test_a_study_of_other_settings_is_refused_and_no_file_left(validate, tmp_path, change):
    assert validate(study="study.log").code == 0
    run = validate(study="study.log", residual="residual.tif", **change)
    assert (run.code, run.error["parameter"]) == (2, "STUDY")
    assert not (tmp_path / "residual.tif").exists()


@pytest.mark.parametrize(
    ("ends", "name", "end"), [((1e-7, 1e-6), "DAMPING_MAX", "upper"), ((10, 100), "DAMPING_MIN", "lower")]
)
def test_a_best_at_an_end_of_the_range_is_a_warning(validate, ends, name, end):
    told = validate(damping_min=ends[0], damping_max=ends[1]).of("warning")
    (warning,) = [event for event in told if event["parameter"] == name]
    assert f"at the {end} end of the range" in warning["text"] and f"Move {name}" in warning["text"]


def test_a_best_inside_the_range_is_none(validate):
    assert validate().warnings == []


def test_a_single_damping_is_at_no_end(validate):
    assert validate(damping_min=0.01, damping_max=0.01, trials=1).warnings == []


def test_a_score_below_the_datas_error_is_a_warning(validate):
    assert validate(error=0.2).warnings == []
    (warning,) = validate(error=5.0, damping_min=1e-5, damping_max=1e-2).of("warning")
    assert warning["parameter"] == "SPLIT"
    assert "below the data's own error of 5 mGal" in warning["text"]


def test_strict_ends_the_study_at_a_doubtful_best(validate, tmp_path):
    run = validate(damping_min=10, damping_max=100, strict=True, scores="scores.csv")
    assert (run.code, run.error["parameter"]) == (2, "DAMPING_MIN")
    assert not (tmp_path / "scores.csv").exists()


def test_refit_multiplies_the_damping_by_the_root_of_the_data_that_are_added(validate, survey, engine):
    outputs = validate(inverted_relief="refit.tif").outputs
    factor = np.sqrt(475 / 130)
    assert outputs["damping_all"] == pytest.approx(outputs["best_damping"] * factor, rel=1e-12)
    alone = engine(task="invertrelief", **survey, damping=outputs["damping_all"]).outputs
    assert outputs["rms_misfit"] == pytest.approx(alone["rms_misfit"], rel=1e-9)
    assert outputs["iterations"] == alone["iterations"]


def test_without_refit_the_result_is_that_of_the_training_stations(validate, survey, engine):
    outputs = validate(refit=0).outputs
    alone = engine(task="invertrelief", **survey, damping=outputs["best_damping"], test_field="test").outputs
    assert outputs["rms_misfit"] == pytest.approx(alone["rms_misfit"], rel=1e-9)
    assert outputs["best_score"] == pytest.approx(alone["score"], rel=1e-9)


def test_alternate_nodes_withhold_what_the_tutorials_field_marks(validate):
    marked, alternate = validate(), validate(split=1, test_field=None)
    assert alternate.outputs["best_score"] == pytest.approx(marked.outputs["best_score"], rel=1e-12)


def test_the_withheld_data_touch_no_fit(validate, survey, tmp_path):
    """Wild values at the withheld stations change the score and not the relief that is fitted to the others."""
    before = validate(refit=0, damping_min=0.01, damping_max=0.01, trials=1).outputs
    with open(tmp_path / "stations.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["test"] == "1":
            row["gravity"] = str(float(row["gravity"]) + 3.0)
    with open(tmp_path / "stations.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    after = validate(refit=0, damping_min=0.01, damping_max=0.01, trials=1).outputs
    assert after["rms_misfit"] == pytest.approx(before["rms_misfit"], rel=1e-12)
    assert after["best_score"] > before["best_score"] + 2.0


def test_a_cancelled_run_keeps_its_trials_and_the_next_goes_on_from_them(validate, tmp_path):
    """Cancelled in the middle of the third damping: two are in the file, two are left for the second run."""
    keys = {"split": 2, "folds": 3, "scores": "scores.csv"}

    def in_the_third(run):
        return any(event["event"] == "progress" and event["text"].startswith("Damping 3 of 4") for event in run.events)

    whole = validate(**keys)
    expected = (tmp_path / "scores.csv").read_bytes()
    (tmp_path / "scores.csv").unlink()
    cut = validate(cancelled=in_the_third, study="study.log", **keys)
    assert (cut.code, cut.error["kind"]) == (130, "cancelled")
    assert "keeps the trials that were finished" in cut.error["message"]
    assert len(cut.of("trial")) == 2 and not (tmp_path / "scores.csv").exists()
    rest = validate(study="study.log", **keys)
    assert len(rest.of("trial")) == 2
    tried = [event["damping"] for run in (cut, rest) for event in run.of("trial")]
    assert tried == [event["damping"] for event in whole.of("trial")]
    assert (tmp_path / "scores.csv").read_bytes() == expected
    assert rest.outputs["best_damping"] == whole.outputs["best_damping"]


def test_each_damping_and_turn_is_told_with_the_best_so_far(validate):
    run = validate(split=2, folds=3)
    told = [event for event in run.of("progress") if event["stage"].startswith("Damping")]
    stages = list(dict.fromkeys(event["stage"] for event in told))
    assert stages == [
        f"Damping {n} of 4 (λ {damping})" for n, damping in enumerate(("0.0001", "0.001", "0.01", "0.1"), 1)
    ]
    assert "best so far" not in told[0]["text"]
    last = told[-1]["text"]
    best = min(run.of("trial")[:3], key=lambda trial: trial["score"])
    assert f"best so far λ {best['damping']:.3g}, score {best['score']:.3g} mGal; about" in last
    assert last.endswith("s left")
    percents = [event["percent"] for event in run.of("progress")]
    assert percents == sorted(percents) and percents[0] < 5.0 and percents[-1] > 80.0
