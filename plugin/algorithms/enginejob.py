"""An algorithm that the engine computes: answers to a job, the job to the worker, its outputs to the map."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingException

from ..engine import client, jobfolder
from ..engine.export import Cancelled, PointExport, PolygonExport, RasterExport
from ..engine.keeping import Keeper
from ..engine.sources import VARIABLE
from .answers import Answers
from .base import GravReliefAlgorithm
from .gives import Result
from .listener import Listener, above_the_map, pump
from .status_line import status_line

UNWRITTEN = re.compile(r"can't be written \((.*?)\)")


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
        self._show = status_line(feedback)
        self._settings = {ask.name.lower(): ask.for_job(answers) for ask in self.ASKS if not isinstance(ask, Result)}
        return True

    def processAlgorithm(self, parameters, context, feedback) -> dict[str, Any]:
        # The context may be another than at prepareAlgorithm: that of this thread, which results go through.
        answers = self.answers(parameters, context)
        try:
            folder = jobfolder.make_job_folder()
        except OSError as error:
            raise QgsProcessingException(jobfolder.temp_trouble(error)) from error
        keeper = Keeper()
        try:
            outputs = self._run(answers, folder, feedback, keeper)
            results = self._deliver(answers, outputs, keeper, feedback)
            keeper.drop()
        except BaseException as error:
            told = self._told(error, folder, keeper.undo())
            if told is None:
                raise
            raise told from error
        jobfolder.remove_job_folder(folder)
        return results

    def _run(self, answers: Answers, folder: Path, feedback, keeper: Keeper) -> dict[str, Any]:
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
            if file := result.file(answers):
                keeper.writes_to(file)
        path = folder / "job.json"
        given = {key: value for key, value in job.items() if value is not None}
        path.write_text(json.dumps(given, indent=1), encoding="utf-8")
        listener = Listener(feedback, self._plain, self._show)
        worker = client.shared_worker()
        outputs = worker.run(str(path), listener, feedback.isCanceled, pump=pump(), keeper=keeper)
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

    def _deliver(self, answers: Answers, outputs: dict[str, Any], keeper: Keeper, feedback) -> dict[str, Any]:
        """Hand the results to Processing, those last that replace files; all of them, or none."""
        delivered = {}
        for result in self._results():
            if feedback.isCanceled():
                raise Cancelled
            if result.wanted(answers) and result.name.lower() in outputs:
                delivered[result.name] = result.deliver(answers, outputs, keeper)
        try:
            keeper.publish()
        except OSError as error:
            raise QgsProcessingException(
                f"'{error.filename2 or error.filename}' can't be replaced ({error.strerror}). Close it where it is open, or "
                "give another name."
            ) from error
        if feedback.isCanceled():
            raise Cancelled
        figures = {figure.name: outputs.get(figure.name.lower()) for figure in self.FIGURES}
        return {**delivered, **{name: value for name, value in figures.items() if value is not None}}

    def _told(self, error: BaseException, folder: Path, lost: list[Path]) -> QgsProcessingException | None:
        """The exception that the user reads, None for the error as it is; the job's folder stays where a fault must be found
        in it. `lost` are files that could not be put back."""
        gone = not folder.is_dir()
        kept = ""
        if isinstance(error, client.EngineError) and error.kind == "internal":
            log = f" The log is {error.log}." if error.log and error.log not in error.message else ""
            jobfolder.keep_job_folder(folder)
            kept = f"{log} The job is kept in {folder}."
        else:
            jobfolder.remove_job_folder(folder)
        if isinstance(error, client.EngineError):
            message = self._plain(error.message)
            if str(folder) in message and (found := UNWRITTEN.search(message)):
                message = jobfolder.temp_trouble(OSError(0, found[1]))
            named = kept or not error.parameter or error.parameter in message
            message = f"{message}{kept}" if named else f"{error.parameter}: {message}"
        elif isinstance(error, OSError):
            message = jobfolder.temp_trouble(error)
        elif isinstance(error, QgsProcessingException) and (lost or type(error) is not QgsProcessingException):
            message = str(error)  # QGIS shows the traceback of any class but its own
        else:
            return None
        if gone:
            message = (
                f"The job's folder {folder} vanished while the job ran. Run it again, and let nothing clean it away."
            )
        if lost:
            names = ", ".join(str(file) for file in lost)
            message += f" These files could not be put back, and are kept in a hidden folder beside them: {names}."
        return QgsProcessingException(message)
