"""The report of a cross validation: which damping did best, how sure that is, and both scores where there are two dampings."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from core.report import write_cross_validation_report
from core.report.joint_regional import shares
from core.report.numbers import number
from core.report.scores import as_good
from core.report.stories import JointParts

from .stories import DAMPINGS, cross_validation, grid, hill, inversion, joint_parts, joint_story, read


def test_the_scores_chart_marks_the_best_damping_on_its_curve(tmp_path):
    path = tmp_path / "report.html"
    for best, scores in ((1, (0.9, 0.3, 0.4, 2.0)), (2, (0.9, 0.5, 0.4, 2.0))):
        write_cross_validation_report(path, cross_validation(scores, best))
        html = path.read_text(encoding="utf-8")
        curve = re.search(r'<g class="curve">\s*<path d="([^"]*)"', html)
        ring = re.search(r'<g class="best">.*?<use [^>]*x="([\d.]+)" y="([\d.]+)"', html, re.DOTALL)
        assert curve and ring
        points = [tuple(map(float, pair)) for pair in re.findall(r"[ML] ([\d.]+) ([\d.]+)", curve.group(1))]
        assert len(points) == 4
        assert points[best] == pytest.approx((float(ring.group(1)), float(ring.group(2))))
        assert points[best][1] == max(y for _, y in points)  # SVG counts down: the lowest point is the best


def test_the_cross_validation_report_tells_every_trial_and_the_winner(tmp_path):
    scores = (0.912345, 0.312345, 0.323456, 2.01234)
    story = cross_validation(scores, 1, damping_all=0.277777, split="every second node")
    text = read(write_cross_validation_report, story, tmp_path).text
    for value in (*scores, *DAMPINGS):
        assert number(value, 6) in text
    assert "4 dampings between 0.01 and 10" in text and "20 stations" in text and "every second node" in text
    assert "Damping 0.1 predicted best: 0.3123 mGal" in text
    assert "fitted to all stations with damping 0.27778" in text
    assert "Dampings from 0.1 to 1 score within 5 percent" in text
    assert "end of the range" not in text


def test_of_one_trial_there_is_nothing_to_compare(tmp_path, undrawn):
    four = cross_validation((0.2, 0.3, 0.4, 2.0), 0)
    alone = replace(four, trials=four.trials[:1])
    assert "One damping was tried" in read(write_cross_validation_report, alone, tmp_path).text


def test_a_trial_without_a_score_is_listed_but_not_drawn(tmp_path):
    text = read(write_cross_validation_report, cross_validation((math.nan, 0.3, 0.4, math.inf), 1), tmp_path).text
    assert "not known" in text


def test_known_relief_errors_of_the_trials_say_whether_the_score_chose_well(tmp_path, undrawn):
    story = cross_validation((0.9, 0.3, 0.4, 2.0), 1)
    trials = [replace(t, relief_rmse=e) for t, e in zip(story.trials, (80, 5.5, 4.25, 60), strict=True)]
    story = replace(story, trials=trials, inversion=inversion(true=grid(hill() + 5.5)))
    text = read(write_cross_validation_report, story, tmp_path).text
    assert "Of the trials 1 came closest, 4.25 m" in text and "Relief error (m)" in text


def test_as_good_spans_the_dampings_within_five_percent():
    assert as_good(cross_validation((0.9, 0.3, 0.314, 2.0), 1)) == (0.1, 1.0)
    assert as_good(cross_validation((0.9, 0.3, 0.316, 2.0), 1)) == (0.1, 0.1)


def test_a_joint_cross_validation_tells_both_dampings_both_scores_and_what_was_withheld(tmp_path):
    report = read(write_cross_validation_report, joint_story(), tmp_path)
    for words in (
        "4 dampings between 0.01 and 10 were tried, with 3 of the regional between 0.01 and 1",
        "Damping 0.1 with 0.1 for the regional did best: 2.01 mGal there and 80 m at known relief",
        "blocks of 300 cells, in 15 turns",
        "product of both scores",
        "only relief that is known tells them apart",
        "Score at known relief (m)",
        "Relief and regional: what each took",
    ):
        assert words in report.text, words
    assert "end of the range" not in report.text


def test_stations_withheld_more_than_once_are_called_means(tmp_path, undrawn):
    assert (
        "the RMS of these differences is its score" in read(write_cross_validation_report, joint_story(), tmp_path).text
    )
    assert "the mean of 6 fits" in read(write_cross_validation_report, joint_story(lays=6), tmp_path).text


def test_the_frame_on_the_scores_stands_at_both_best_dampings(tmp_path):
    """Columns go right and rows up, so the frame moves by a column and a row with the best."""
    corners = []
    for best in ((1, 1), (2, 1), (1, 0)):
        write_cross_validation_report(tmp_path / "report.html", joint_story(best))
        html = (tmp_path / "report.html").read_text(encoding="utf-8")
        frame = re.search(r'<g class="best">\s*<path d="M ([\d.]+) ([\d.]+)', html)
        assert frame
        corners.append((float(frame.group(1)), float(frame.group(2))))
        assert html.count('<g class="value"') == 3 * 12  # score, relief score, product
    (x, y), right, down = corners
    assert right[0] > x and right[1] == y
    assert down[0] == x and down[1] > y  # SVG counts down


def test_dampings_that_are_no_grid_are_drawn_as_points(tmp_path):
    story = joint_story()
    scattered = [replace(t, regional_damping=t.regional_damping * (1 + 0.1 * k)) for k, t in enumerate(story.trials)]
    best = scattered[4]
    story = replace(story, trials=scattered, best_regional_damping=best.regional_damping)
    write_cross_validation_report(tmp_path / "report.html", story)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<g class="value"' not in html and '<g class="best"' in html


def test_trials_that_refine_a_grid_are_points_on_its_cells(tmp_path):
    story = joint_story()
    axes = tuple(
        tuple(sorted({getattr(trial, name) for trial in story.trials})) for name in ("damping", "regional_damping")
    )
    best = min(story.trials, key=lambda trial: trial.criterion)
    finer = [replace(best, damping=best.damping * factor, score=0.9 * best.score) for factor in (0.8, 1.2)]
    story = replace(story, trials=[*story.trials, *finer], axes=axes, best_damping=finer[0].damping)
    text = read(write_cross_validation_report, story, tmp_path).text
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert html.count('<g class="value"') == 3 * 12  # the cells of three charts
    assert html.count('<g class="best"') == 3
    assert f"with {len(axes[1])} of the regional" in text and "and 2 pairs more about the best" in text


def test_where_no_known_relief_was_withheld_no_product_is_spoken_of(tmp_path, undrawn):
    story = joint_story()
    trials = [replace(t, relief_score=None) for t in story.trials]
    text = read(write_cross_validation_report, replace(story, trials=trials, best_relief_score=None), tmp_path).text
    assert "product" not in text and "predicted best" in text


def test_what_regional_and_relief_took_adds_up():
    parts = joint_parts()
    share = shares(parts, np.ones(parts.start.size, bool))
    assert sum(share.values()) == pytest.approx(1.0)
    line = np.arange(10.0)
    alone = shares(JointParts(3 * line, np.zeros(10), 2 * line), np.ones(10, bool))
    assert (alone["regional"], alone["relief"], alone["left"]) == pytest.approx((2 / 3, 0.0, 1 / 3))
