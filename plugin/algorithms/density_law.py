"""A density that changes with depth, as a text that the engine reads."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from qgis.core import QgsProcessingParameterDefinition, QgsProcessingParameterString

from .answers import Answers
from .asks import Ask

FORMULAS = ("exponential", "hyperbolic")
TABLE = "table"
FORMS = "exponential:Δρ0,scale_m or hyperbolic:Δρ0,beta_m (two numbers with a point, 500,2000 say) or table:file.csv"


@dataclass(frozen=True)
class DensityLaw(Ask):
    """A law's name, a colon, and its two numbers or its table."""

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterString(self.name, self.label, self.default, False, self.optional)

    def problem(self, answers: Answers) -> str:
        text = answers.text(self.name)
        if not text:
            return ""
        name, rest = _parts(text)
        if name == TABLE:
            return (
                "" if Path(rest).is_file() else f"{self.name}: there is no table '{rest}'. Name a CSV file that exists."
            )
        if name not in FORMULAS or len(numbers := _numbers(rest)) != 2:
            return f"{self.name} is '{text}', which is no law. Give {FORMS}."
        if numbers[0] == 0 or numbers[1] <= 0:
            return f"{self.name} is '{text}'. Δρ0 must be other than zero, and the length greater than 0 m."
        return ""

    def for_job(self, answers: Answers) -> str | None:
        text = answers.text(self.name)
        name, rest = _parts(text)
        # The engine works in the job's folder, a person in another.
        return f"{TABLE}:{Path(rest).resolve()}" if name == TABLE else text or None


def _parts(text: str) -> tuple[str, str]:
    name, _, rest = text.partition(":")
    return name.strip().lower(), rest.strip()


def _numbers(text: str) -> list[float]:
    """The numbers between commas; none where one of them is no number."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        return []
    return numbers if all(map(isfinite, numbers)) else []
