"""The JSON schema of every task's job and of every event, made from the jobs themselves."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ..events.protocol import EVENTS
from .jobs import JOBS
from .parts import Job


def schema() -> dict[str, Any]:
    """A JSON schema (draft 2020-12): `tasks` by name, and `events`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "GravRelief jobs and events",
        "anyOf": [{"$ref": f"#/$defs/tasks/{task}"} for task in JOBS],
        "$defs": {
            "tasks": {task: _task_schema(task, job) for task, job in JOBS.items()},
            "events": {event: _event_schema(event) for event in EVENTS},
        },
    }


def _task_schema(task: str, job: type[Job]) -> dict[str, Any]:
    properties: dict[str, Any] = {"task": {"const": task}}
    for item in fields(job):
        described = {**item.metadata["kind"].schema, "description": item.metadata["text"]}
        if item.default is not None:
            described["default"] = item.default
        if item.metadata["output"]:
            described["x-output"] = True
        properties[item.name] = described
    return {
        "type": "object",
        "description": job.__doc__,
        "required": ["task"],
        "additionalProperties": False,
        "properties": properties,
    }


_TEXT = {"type": "string"}
_NUMBER = {"type": ["number", "null"]}
_EVENT_KEYS: dict[str, dict[str, Any]] = {
    "ready": {
        "protocol": {"type": "integer"},
        "version": {"type": ["string", "null"]},
        "prefix": _TEXT,
        "python": _TEXT,
        "executable": _TEXT,
        "pid": {"type": "integer"},
    },
    "selftest": {"crs": {"type": "boolean"}, "detail": {"type": ["string", "null"]}},
    "progress": {"percent": {"type": "number"}, "text": _TEXT, "stage": _TEXT},
    "log": {"text": _TEXT},
    "iteration": {"number": {"type": "integer"}, "rms": _NUMBER, "objective": _NUMBER, "step_rms": _NUMBER},
    "trial": {
        "number": {"type": "integer"},
        "total": {"type": "integer"},
        "damping": _NUMBER,
        "score": _NUMBER,
        "iterations": _NUMBER,
        "rms_misfit": _NUMBER,
    },
    "warning": {
        "text": _TEXT,
        "parameter": {"type": ["string", "null"]},
        "count": _NUMBER,
        "verdict": {"enum": [1, 2]},
    },
    "result": {"task": _TEXT, "outputs": {"type": "object"}},
    "error": {
        "kind": {"enum": ["input", "internal", "cancelled"]},
        "message": _TEXT,
        "parameter": {"type": ["string", "null"]},
        "log": {"type": ["string", "null"]},
    },
}


def _event_schema(event: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["event"],
        "properties": {"event": {"const": event}, **_EVENT_KEYS[event]},
    }
