"""Fixtures of the studies' tests."""

from .valley import search, tried  # noqa: F401
