"""The search for the damping: which are tried, in a file that goes on where it stopped, and what is said of the best."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from core.errors import InputError
from core.events.protocol import Reporter
from core.selection.study import STUDY_NAME, Dimension, Search, Trial, best_of, search_damping

BEST = 0.03


def score_of(damping):
    """A valley in log λ, lowest at BEST."""
    return 1.0 + np.log10(damping / BEST) ** 2


@pytest.fixture
def tried():
    return []


@pytest.fixture
def search(tried):
    """Search with the valley as the score; `tried` holds the dampings that were evaluated, in their order."""

    def evaluate(damping):
        tried.append(damping)
        return Trial(damping, score_of(damping), iterations=3, rms_misfit=0.5, stop_reason="objective")

    def run(smallest=1e-3, largest=1.0, trials=8, sampler=False, seed=0, reporter=None, **more):
        dampings = (Dimension("damping", smallest, largest, trials),)
        return search_damping(Search(dampings, sampler, trials, seed, **more), evaluate, reporter or Reporter())

    return run


def test_the_grid_is_logarithmic_with_both_ends(search, tried):
    found = search()
    np.testing.assert_allclose(sorted(tried), np.logspace(-3, 0, 8), rtol=1e-12)
    assert [trial.damping for trial in found] == sorted(tried)
    assert (min(tried), max(tried)) == (1e-3, 1.0)


def test_the_best_is_the_lowest_score(search):
    grid = np.logspace(-3, 0, 8)
    assert best_of(search()).damping == pytest.approx(grid[np.argmin(score_of(grid))])


def test_the_sampler_tries_both_ends_first_and_stays_between_them(search, tried):
    search(trials=12, sampler=True)
    assert len(tried) == 12
    assert tried[:2] == [1e-3, 1.0]
    assert all(1e-3 <= damping <= 1.0 for damping in tried)
    assert len(set(tried)) == 12


def test_the_sampler_looks_where_the_scores_are_low(search, tried):
    search(trials=40, sampler=True)
    late = np.log10(np.array(tried[20:]) / BEST)
    assert np.median(np.abs(late)) < 0.4
    assert best_of(search(trials=40, sampler=True)).score < 1.02


def test_a_seed_makes_the_sampler_repeatable(search, tried):
    for seed in (5, 5, 6):
        search(trials=12, sampler=True, seed=seed)
    first, again, other = tried[:12], tried[12:24], tried[24:]
    assert first == again
    assert first != other


@pytest.mark.parametrize("sampler", [False, True])
def test_one_damping_is_one_trial(search, tried, sampler):
    (trial,) = search(0.1, 0.1, 1, sampler)
    assert tried == [0.1] and trial.damping == 0.1


@pytest.mark.parametrize("sampler", [False, True])
def test_two_numbers_are_searched_together_from_their_corners_on(sampler):
    """λ 0.1 and μ 2.0 are the best of a valley in both."""
    tried = []

    def evaluate(damping, regional_damping):
        tried.append((damping, regional_damping))
        score = 1.0 + np.log10(damping / 0.1) ** 2 + np.log10(regional_damping / 2.0) ** 2
        return Trial(damping, score, 3, 0.5, "objective", regional_damping)

    dimensions = (Dimension("damping", 1e-3, 1.0, 4), Dimension("regional_damping", 0.2, 20.0, 3))
    found = search_damping(Search(dimensions, sampler, 12, seed=0), evaluate, Reporter())
    assert len(tried) == len(found) == 12
    assert {(1e-3, 0.2), (1e-3, 20.0), (1.0, 0.2), (1.0, 20.0)} <= set(tried)
    if not sampler:
        assert sorted({b for _, b in tried}) == pytest.approx([0.2, 2.0, 20.0])
        best = best_of(found)
        assert (best.damping, best.regional_damping) == (pytest.approx(0.1), pytest.approx(2.0))


@pytest.mark.parametrize("best", [(0.021, 1.3), (1e-3, 25.0)], ids=["within", "beyond a corner"])
def test_the_step_of_a_grid_is_halved_about_the_best(best):
    """Twice, on logarithmic scales: the neighbours in all directions that lie in the range are tried once each."""
    tried = []

    def evaluate(damping, regional_damping):
        tried.append((damping, regional_damping))
        score = 1.0 + np.log(damping / best[0]) ** 2 + np.log(regional_damping / best[1]) ** 2
        return Trial(damping, score, 3, 0.5, "objective", regional_damping)

    dimensions = (Dimension("damping", 1e-3, 1.0, 4), Dimension("regional_damping", 0.2, 20.0, 3))
    found = search_damping(Search(dimensions, False, 12, seed=0, halvings=2), evaluate, Reporter())
    places = np.log(np.array(tried) / (1e-3, 0.2)) / np.log(10.0)
    np.testing.assert_allclose(4.0 * places, np.rint(4.0 * places), atol=1e-9)
    assert len(set(tried)) == len(tried) == len(found)
    assert places.min() > -1e-9 and (places <= np.array([3.0, 2.0]) + 1e-9).all()
    chosen = best_of(found)
    off = np.log(np.array([chosen.damping, chosen.regional_damping]) / best) / np.log(10.0)
    if best[1] < 20.0:
        assert len(tried) == 12 + 8 + 8
        assert (np.abs(off) <= 0.125 + 1e-9).all()  # half of the last step
    else:
        assert len(tried) == 12 + 3 + 3
        assert (chosen.damping, chosen.regional_damping) == (pytest.approx(1e-3), pytest.approx(20.0))


def test_the_product_with_the_score_of_withheld_relief_is_made_small():
    trials = [
        Trial(0.1, 1.0, 3, 0.5, "objective", relief_score=50.0),
        Trial(0.2, 1.2, 3, 0.5, "objective", relief_score=30.0),
    ]
    assert best_of(trials).damping == 0.2


def test_every_trial_is_told_with_its_figures(search):
    events = []
    search(trials=3, reporter=Reporter(events.append))
    trials = [event for event in events if event["event"] == "trial"]
    assert [event["number"] for event in trials] == [1, 2, 3]
    assert all(event["total"] == 3 and event["score"] == score_of(event["damping"]) for event in trials)


class Interrupted(Exception):
    pass


class TestFile:
    @pytest.fixture
    def file(self, tmp_path):
        return tmp_path / "study.log"

    @pytest.mark.parametrize("sampler", [False, True])
    def test_a_finished_study_is_read_and_nothing_repeated(self, search, tried, file, sampler):
        first = search(file=file, fingerprint="a", sampler=sampler)
        tried.clear()
        again = search(file=file, fingerprint="a", sampler=sampler)
        assert tried == []
        assert again == first

    @pytest.mark.parametrize("sampler", [False, True])
    def test_a_study_cut_short_goes_on(self, search, tried, file, sampler):
        def stop_after_three(event):
            if event["event"] == "trial" and event["number"] == 3:
                raise Interrupted

        with pytest.raises(Interrupted):
            search(file=file, fingerprint="a", sampler=sampler, reporter=Reporter(stop_after_three))
        assert len(tried) == 3
        found = search(file=file, fingerprint="a", sampler=sampler)
        assert len(tried) == len(set(tried)) == 8
        assert [trial.damping for trial in found] == sorted(tried)

    def test_a_trial_that_failed_is_done_again(self, search, tried, file):
        def fail(damping):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            search_damping(Search((Dimension("damping", 1e-3, 1.0, 8),), False, 8, 0, file, "a"), fail, Reporter())
        found = search(file=file, fingerprint="a")
        assert len(found) == len(tried) == 8

    def test_a_finer_grid_keeps_the_dampings_that_are_done(self, search, tried, file):
        search(trials=3, file=file, fingerprint="a")
        found = search(trials=5, file=file, fingerprint="a")
        assert len(tried) == 5  # 1e-3 and 1 and their middle are in both
        assert len(found) == 5

    def test_another_range_after_an_interruption_tries_its_own_dampings(self, search, tried, file):
        def stop_after_two(event):
            if event["event"] == "trial" and event["number"] == 2:
                raise Interrupted

        with pytest.raises(Interrupted):
            search(1e-3, 1e-1, file=file, fingerprint="a", reporter=Reporter(stop_after_two))
        tried.clear()
        search(0.1, 10.0, trials=4, file=file, fingerprint="a")
        np.testing.assert_allclose(sorted(tried), np.geomspace(0.1, 10.0, 4))

    def test_a_trial_left_waiting_by_a_run_that_was_killed_is_not_taken_for_another(self, search, tried, file):
        import optuna
        from optuna.storages.journal import JournalFileBackend

        search(trials=3, file=file, fingerprint="a")
        storage = optuna.storages.JournalStorage(JournalFileBackend(str(file)))
        optuna.load_study(study_name=STUDY_NAME, storage=storage).enqueue_trial({"damping": 0.77})
        tried.clear()
        search(trials=5, file=file, fingerprint="a")
        assert len(tried) == 2 and 0.77 not in tried

    def test_a_study_whose_last_line_was_cut_off_goes_on(self, search, tried, file):
        search(file=file, fingerprint="a")
        file.write_bytes(file.read_bytes()[:-25])
        tried.clear()
        assert len(search(file=file, fingerprint="a")) == 8
        assert len(tried) == 1
        tried.clear()
        search(file=file, fingerprint="a")
        assert tried == []

    def test_where_no_room_is_left_a_sentence_says_so_and_what_is_done_is_kept(self, search, tried, file, monkeypatch):
        from optuna.storages.journal import JournalFileBackend

        write = JournalFileBackend.append_logs

        def full(self, logs):
            if len(tried) == 3:
                raise OSError(28, "No space left on device")
            write(self, logs)

        with monkeypatch.context() as patched:
            patched.setattr(JournalFileBackend, "append_logs", full)
            with pytest.raises(
                InputError, match=r"can't be written \(No space left on device\)\. Make room"
            ) as refused:
                search(file=file, fingerprint="a")
        assert refused.value.parameter == "STUDY"
        assert len(search(file=file, fingerprint="a")) == 8
        assert len(tried) == 3 + 6  # the third was not noted

    def test_other_data_are_refused(self, search, file):
        search(file=file, fingerprint="a")
        with pytest.raises(InputError, match="made with other data or settings") as refused:
            search(file=file, fingerprint="b")
        assert refused.value.parameter == "STUDY"
        assert "new name" in refused.value.message

    @pytest.mark.parametrize(
        "content", [b"easting,northing\n1,2\n", b"\x89PNG\r\n\x1a\n\x00\xff", b"[1, 2]\n", b'{"a": 1}\n', b'{"a": 1}']
    )
    def test_a_file_that_is_no_study_is_refused_and_kept(self, search, file, content):
        file.write_bytes(content)
        with pytest.raises(InputError, match="can't be used as a study") as refused:
            search(file=file, fingerprint="a")
        assert refused.value.parameter == "STUDY"
        assert file.read_bytes() == content

    def test_a_study_in_a_folder_that_is_not_there_is_refused(self, search, tmp_path):
        with pytest.raises(InputError, match="STUDY") as refused:
            search(file=tmp_path / "nowhere" / "study.log", fingerprint="a")
        assert refused.value.parameter == "STUDY"


class TestJob:
    @pytest.fixture
    def validate(self, engine, survey):
        def run(**changes):
            job = {"task": "dampingcrossvalidation", **survey, "test_field": "test", "trials": 4, "damping_min": 1e-4}
            return engine(**{**job, "damping_max": 1e-1, **changes})

        return run

    def test_a_reopened_study_gives_the_same_best_and_scores(self, validate, tmp_path):
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
    def test_a_study_of_other_settings_is_refused_and_no_file_left(self, validate, tmp_path, change):
        assert validate(study="study.log").code == 0
        run = validate(study="study.log", residual="residual.tif", **change)
        assert (run.code, run.error["parameter"]) == (2, "STUDY")
        assert not (tmp_path / "residual.tif").exists()

    @pytest.mark.parametrize(
        ("ends", "name", "end"), [((1e-7, 1e-6), "DAMPING_MAX", "upper"), ((10, 100), "DAMPING_MIN", "lower")]
    )
    def test_a_best_at_an_end_of_the_range_is_a_warning(self, validate, ends, name, end):
        (warning,) = validate(damping_min=ends[0], damping_max=ends[1]).of("warning")
        assert warning["parameter"] == name
        assert f"at the {end} end of the range" in warning["text"] and f"Move {name}" in warning["text"]

    def test_a_best_inside_the_range_is_none(self, validate):
        assert validate().warnings == []

    def test_a_single_damping_is_at_no_end(self, validate):
        assert validate(damping_min=0.01, damping_max=0.01, trials=1).warnings == []

    def test_a_score_below_the_datas_error_is_a_warning(self, validate):
        assert validate(error=0.2).warnings == []
        (warning,) = validate(error=5.0, damping_min=1e-5, damping_max=1e-2).of("warning")
        assert warning["parameter"] == "SPLIT"
        assert "below the data's own error of 5 mGal" in warning["text"]

    def test_strict_ends_the_study_at_a_doubtful_best(self, validate, tmp_path):
        run = validate(damping_min=10, damping_max=100, strict=True, scores="scores.csv")
        assert (run.code, run.error["parameter"]) == (2, "DAMPING_MIN")
        assert not (tmp_path / "scores.csv").exists()

    def test_refit_multiplies_the_damping_by_the_root_of_the_data_that_are_added(self, validate, survey, engine):
        outputs = validate(inverted_relief="refit.tif").outputs
        factor = np.sqrt(475 / 130)
        assert outputs["damping_all"] == pytest.approx(outputs["best_damping"] * factor, rel=1e-12)
        alone = engine(task="invertrelief", **survey, damping=outputs["damping_all"]).outputs
        assert outputs["rms_misfit"] == pytest.approx(alone["rms_misfit"], rel=1e-9)
        assert outputs["iterations"] == alone["iterations"]

    def test_without_refit_the_result_is_that_of_the_training_stations(self, validate, survey, engine):
        outputs = validate(refit=0).outputs
        alone = engine(task="invertrelief", **survey, damping=outputs["best_damping"], test_field="test").outputs
        assert outputs["rms_misfit"] == pytest.approx(alone["rms_misfit"], rel=1e-9)
        assert outputs["best_score"] == pytest.approx(alone["score"], rel=1e-9)

    def test_alternate_nodes_withhold_what_the_tutorials_field_marks(self, validate):
        marked, alternate = validate(), validate(split=1, test_field=None)
        assert alternate.outputs["best_score"] == pytest.approx(marked.outputs["best_score"], rel=1e-12)

    def test_the_withheld_data_touch_no_fit(self, validate, survey, tmp_path):
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
