"""The ways in which a job ends early."""

from __future__ import annotations

from typing import TypeVar

Value = TypeVar("Value")


class InputError(Exception):
    """Something a person gave is wrong; the message says what, where and what to do.

    Parameters
    ----------
    message : str
        One or two sentences for the user.
    parameter : str or None
        The name of the Processing parameter at fault, in capitals.
    """

    def __init__(self, message: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.parameter = parameter


class Cancelled(Exception):
    """The user asked for the job to stop."""


def given(value: Value | None, parameter: str, remedy: str = "Give it.") -> Value:
    """The value of a parameter that can't be done without; `InputError` where there is none."""
    if value is None:
        raise InputError(f"{parameter} is missing. {remedy}", parameter)
    return value
