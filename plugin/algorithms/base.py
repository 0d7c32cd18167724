"""What all algorithms of GravRelief share: how they present themselves to Processing."""

from __future__ import annotations

from typing import Any, Callable

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext
from qgis.PyQt.QtGui import QIcon

from ..icons import icon_path
from .answers import Answers, unwrapped
from .asks import Ask
from .gives import Figure, Result
from .layers import FeaturesOrRaster
from .overwriting import nothing_is_overwritten

Check = Callable[[Answers], str]


class GravReliefAlgorithm(QgsProcessingAlgorithm):
    """An algorithm described by its class constants.

    ASKS holds the parameters and destinations in their order, FIGURES the numbers and texts given
    back, CHECKS what several parameters together must fulfil: functions that return a sentence or nothing.
    """

    NAME: str
    TITLE: str
    GROUP: str
    ABOUT: str
    ASKS: tuple[Ask, ...] = ()
    FIGURES: tuple[Figure, ...] = ()
    CHECKS: tuple[Check, ...] = ()

    def name(self) -> str:
        return self.NAME

    def displayName(self) -> str:
        return self.TITLE

    def group(self) -> str:
        return self.GROUP

    def groupId(self) -> str:
        return self.GROUP.lower().replace(" ", "")

    def icon(self) -> QIcon:
        return QIcon(icon_path(self.NAME))

    def svgIconPath(self) -> str:
        return icon_path(self.NAME)

    def createInstance(self):
        return type(self)()

    def shortDescription(self) -> str:
        return self.ABOUT.split(". ")[0].rstrip(".") + "."

    def shortHelpString(self) -> str:
        """The help window's text, made from the parameters' own help so that none is missing."""
        asked = [ask for ask in self.ASKS if not isinstance(ask, Result)]
        given = [ask for ask in self.ASKS if isinstance(ask, Result)]
        parts = [f"<p>{self.ABOUT}</p>", "<h2>Parameters</h2>"]
        parts += [f"<h3>{ask.label}</h3><p>{ask.help}</p>" for ask in asked]
        parts.append("<h2>Results</h2>")
        parts += [f"<h3>{ask.label}</h3><p>{ask.help}</p>" for ask in given]
        parts += [f"<p>{figure.name}: {figure.label}</p>" for figure in self.FIGURES]
        return "".join(parts)

    def initAlgorithm(self, configuration=None) -> None:
        for ask in self.ASKS:
            if not self.addParameter(ask.definition()):
                raise ValueError(f"{self.NAME} asks for {ask.name} twice")
        for figure in self.FIGURES:
            if not self.addOutput(figure.definition()):
                raise ValueError(f"{self.NAME} gives {figure.name} twice")

    def answers(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Answers:
        switches = {ask.name: ask.selected for ask in self.ASKS if isinstance(ask, FeaturesOrRaster)}
        return Answers(self, unwrapped(parameters, switches), context)

    def problem(self, answers: Answers) -> str:
        """The first thing that is known to be wrong before the run, as a sentence; or nothing."""
        for ask in self.ASKS:
            if found := ask.problem(answers):
                return found
        return next((found for check in (*self.CHECKS, nothing_is_overwritten) if (found := check(answers))), "")

    def checkParameterValues(self, parameters, context):
        answers = self.answers(parameters, context)
        if found := self.problem(answers):
            return False, found
        return super().checkParameterValues(answers.values, context)
