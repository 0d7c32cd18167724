"""An algorithm that the engine computes: answers to a job, the job to the worker, its outputs to the map."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingException

from ..engine import client
from ..engine.export import PointExport, PolygonExport, RasterExport
from ..engine.sources import VARIABLE
from .answers import Answers
from .base import GravReliefAlgorithm
from .gives import Result
from .listener import Listener, above_the_map, pump


def _engine_status():
    """Whether the engine is there; imported late, for the installer's modules would slow QGIS's start."""
    from ..engine import environment

    return environment.status()


class EngineAlgorithm(GravReliefAlgorithm):
    """Nothing is computed here: a subclass says what it asks and gives, the engine does the rest."""

    def canExecute(self):
        """Stops the toolbox alone, so `prepareAlgorithm` asks again."""
        status = _engine_status()
        return status.ready, "" if status.ready else status.message

    def prepareAlgorithm(self, parameters, context, feedback) -> bool:
        """In the main thread: take from the layers what the run needs."""
        status = _engine_status()
        if not status.ready:
            raise QgsProcessingException(status.message)
        answers = self.answers(parameters, context)
        if found := self.problem(answers):
            raise QgsProcessingException(found)
        self._settings = {ask.name.lower(): ask.for_job(answers) for ask in self.ASKS if not isinstance(ask, Result)}
        return True

    def processAlgorithm(self, parameters, context, feedback) -> dict[str, Any]:
        # The context may be another than at prepareAlgorithm: that of this thread, which results go through.
        answers = self.answers(parameters, context)
        folder = Path(tempfile.mkdtemp(prefix="gravrelief-"))
        try:
            outputs = self._run(answers, folder, feedback)
            results = self._deliver(answers, outputs)
        except client.EngineError as error:
            raise self._told(error, folder) from error
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        shutil.rmtree(folder, ignore_errors=True)
        return results

    def _run(self, answers: Answers, folder: Path, feedback) -> dict[str, Any]:
        """Write the job and what it reads into the folder, and have the engine do it."""
        job: dict[str, Any] = {"task": self.NAME}
        self._layers: dict[str, str] = {}
        for key, value in self._settings.items():
            if isinstance(value, (RasterExport, PointExport, PolygonExport)):
                layer, value = value.name, value.write(folder, key, feedback)
                file = value["path"] if isinstance(value, dict) else value
                self._layers.update({str(place / file): f"'{layer}'" for place in (folder, folder.resolve())})
                if file.startswith(VARIABLE):
                    self._layers[file] = f"'{layer}'"
            job[key] = value
        for result in self._results():
            job[result.name.lower()] = result.for_job(answers)
        path = folder / "job.json"
        given = {key: value for key, value in job.items() if value is not None}
        path.write_text(json.dumps(given, indent=1), encoding="utf-8")
        listener = Listener(feedback, self._plain)
        outputs = client.shared_worker().run(str(path), listener, feedback.isCanceled, pump=pump())
        self._doubt = listener.last_warning if outputs.get("verdict") else ""
        return outputs

    def postProcessAlgorithm(self, context, feedback) -> dict[str, Any]:
        """Back in the main thread: a relief that was not found beyond doubt is told above the map too."""
        if getattr(self, "_doubt", ""):
            above_the_map(self.displayName(), self._doubt)
        return {}

    def _plain(self, text: str) -> str:
        """A text with the layers' names in place of the files that they were exported to."""
        for file, layer in self._layers.items():
            text = text.replace(file, layer)
        return text

    def _results(self) -> list[Result]:
        return [ask for ask in self.ASKS if isinstance(ask, Result)]

    def _deliver(self, answers: Answers, outputs: dict[str, Any]) -> dict[str, Any]:
        made = [result for result in self._results() if result.wanted(answers) and result.name.lower() in outputs]
        try:
            delivered = {result.name: result.deliver(answers, outputs) for result in made}
        except QgsProcessingException:  # a sink's: a run that fails leaves no result
            for result in made:
                Path(outputs[result.name.lower()]).unlink(missing_ok=True)
            raise
        figures = {figure.name: outputs.get(figure.name.lower()) for figure in self.FIGURES}
        return {**delivered, **{name: value for name, value in figures.items() if value is not None}}

    def _told(self, error: client.EngineError, folder: Path) -> QgsProcessingException:
        """The exception that the user reads; the job's folder stays where a fault must be found in it."""
        if error.kind == "internal":
            log = f" The log is {error.log}." if error.log and error.log not in error.message else ""
            return QgsProcessingException(f"{error.message}{log} The job is kept in {folder}.")
        shutil.rmtree(folder, ignore_errors=True)
        message = self._plain(error.message)
        named = not error.parameter or error.parameter in message
        return QgsProcessingException(message if named else f"{error.parameter}: {message}")
