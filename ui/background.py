"""A question that takes its time, asked in a thread; its answer comes to the window as a signal."""

from __future__ import annotations

import threading
from typing import Any, Callable, ClassVar

from qgis.PyQt.QtCore import QObject, pyqtSignal


class Background(QObject):
    """One call of a function beside the window.

    It belongs to no widget and is kept until its answer has arrived: a widget that is destroyed meanwhile
    is simply not told, as PyQt asks nothing of the Python methods of a dead one.

    Parameters
    ----------
    function : callable
        Called with the arguments, in a daemon thread: should it hang, QGIS can still be closed.
    """

    answered = pyqtSignal(object)
    failed = pyqtSignal(str)

    _ended = pyqtSignal(object, bool)
    _under_way: ClassVar[set[Background]] = set()

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        super().__init__()
        self._function = function
        self._arguments = arguments
        self._ended.connect(self._announce)

    def start(self) -> None:
        """Ask. Either `answered` or `failed` follows, in the thread of the window."""
        self._under_way.add(self)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            answer, worked = self._function(*self._arguments), True
        except Exception as error:
            answer, worked = str(error), False
        self._ended.emit(answer, worked)

    def _announce(self, answer: Any, worked: bool) -> None:
        self._under_way.discard(self)
        if worked:
            self.answered.emit(answer)
        else:
            self.failed.emit(answer)
