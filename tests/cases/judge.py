"""Whether a run ended as a case says it must."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .case import Right


def complaints(
    right: Right, error: str, warnings: Sequence[str], log: Sequence[str], outputs: dict[str, Any]
) -> list[str]:
    """What is not as it must be; empty where all is.

    Parameters
    ----------
    error : str
        The message of a run that failed on its input, else empty.
    warnings, log : sequence of str
    outputs : dict
        By lower-case name.
    """
    if right.error:
        if not error:
            return [f"it was not refused; warnings: {list(warnings)}"]
        return [f"the error lacks {word}: {error}" for word in right.error if not _holds(error, word)]
    if error:
        return [f"it was refused: {error}"]
    found = []
    if right.verdict and outputs.get("verdict") not in right.verdict:
        found.append(f"the verdict is {outputs.get('verdict')}; warnings: {list(warnings)}")
    for words, told, what in (
        (right.doubts, warnings, "warning"),
        (right.warns, warnings, "warning"),
        (right.log, log, "log line"),
    ):
        if words and not any(all(_holds(text, word) for word in words) for text in told):
            found.append(f"no {what} holds {words}: {list(told)}")
    if list(right.verdict) == [0] and not right.warns and warnings:
        found.append(f"it warned: {list(warnings)}")
    if right.rmse is not None and not outputs.get("relief_rmse", float("inf")) <= right.rmse:
        found.append(f"the relief errs by {outputs.get('relief_rmse')} m, more than {right.rmse}")
    return found


def _holds(text: str, words: Any) -> bool:
    return any(word.lower() in text.lower() for word in ((words,) if isinstance(words, str) else words))
