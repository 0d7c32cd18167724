"""Fixtures of the tasks' tests."""

from .refusals import refused  # noqa: F401
