"""Set up the engine: makes or repairs the environment in which it runs."""

from __future__ import annotations

import pathlib

from qgis.core import QgsProcessingException

from ..engine import client
from ..engine.keeping import Keeper
from ..proxy import proxy_url
from .asks import Path
from .base import GravReliefAlgorithm
from .gives import Figure, FileResult


class SetupEngine(GravReliefAlgorithm):
    NAME = "setupengine"
    TITLE = "Set up the engine"
    GROUP = "Engine"
    ABOUT = (
        "Makes or repairs the Python environment in which GravRelief computes. About 0.7 GB of packages, "
        "each checked against the hash that GravRelief was tested with, go into a folder of their own: "
        "QGIS's Python is left as it is. It needs the internet, or a folder of wheels. Doing it again does "
        "no harm."
    )
    ASKS = (
        Path(
            "PYTHON",
            "Existing Python interpreter",
            "A Python 3.11 or newer: one that already has all the packages (from conda, say) is used as it "
            "is, any other becomes the base of the environment. Empty: one is found, or fetched.",
            optional=True,
        ),
        Path(
            "WHEELS",
            "Folder of wheels (offline)",
            "A folder with the wheels of all the packages, for a computer without internet. Empty: they are "
            "downloaded.",
            optional=True,
            folder=True,
        ),
        FileResult(
            "REPORT",
            "Set-up report",
            "What was done, line by line, on an HTML page.",
            optional=True,
        ),
    )
    FIGURES = (Figure("ENGINE_PYTHON", "The interpreter that the engine runs in", text=True),)

    def processAlgorithm(self, parameters, context, feedback):
        from ..engine import environment  # late: the installer's modules would slow QGIS's start

        answers = self.answers(parameters, context)
        lines: list[str] = []

        def on_line(line: str) -> None:
            lines.append(line)
            feedback.pushInfo(line)

        client.stop_shared_worker()
        try:
            python = environment.setup(
                python=answers.text("PYTHON") or None,
                wheels=answers.text("WHEELS") or None,
                proxy=proxy_url(),
                on_line=on_line,
                on_progress=lambda fraction: feedback.setProgress(100 * fraction),
                is_cancelled=feedback.isCanceled,
            )
        except environment.SetupError as error:
            raise QgsProcessingException(str(error)) from error
        results = {"ENGINE_PYTHON": python}
        report = self.ASKS[-1].for_job(answers)
        if report:
            _write_report(report, python, lines)
            results["REPORT"] = report
        return results


def _write_report(path: str, python: str, lines: list[str]) -> None:
    """Write the page whole, or leave what is there."""
    from html import escape  # not when QGIS starts

    text = escape("\n".join(lines))
    page = (
        "<!DOCTYPE html><meta charset='utf-8'><title>GravRelief: the engine</title><h1>The engine is "
        f"set up</h1><p>It runs in <code>{escape(python)}</code>.</p><pre>{text}</pre>\n"
    )
    keeper = Keeper()
    try:
        keeper.writes_to(file := pathlib.Path(path))
        keeper.stage(file).write_text(page, encoding="utf-8")
        keeper.publish()
        keeper.drop()
    except OSError as error:
        keeper.undo()
        raise QgsProcessingException(
            f"REPORT: '{path}' can't be written ({error.strerror}). Make room there, or choose another place. The engine "
            "itself is set up."
        ) from error
