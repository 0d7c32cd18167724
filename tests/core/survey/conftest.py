"""The basement, made once, and a way to run a case of it."""

from __future__ import annotations

import pytest

from .basement import JOB, Basement, run_case, told


@pytest.fixture(scope="session")
def basement(tmp_path_factory):
    return Basement(tmp_path_factory.mktemp("basement"))


@pytest.fixture
def misfit(basement, tmp_path):
    """Run the misfit with columns and keys changed: misfit({column: values}, key=value) -> the doubts and other warnings."""

    def run(columns=None, **keys):
        basement.write(tmp_path, **(columns or {}))
        job = {key: value for key, value in {**JOB, **keys}.items() if value is not None}
        outputs, events = run_case(tmp_path, job)
        run.verdict, run.logs = outputs["verdict"], [event["text"] for event in events if event["event"] == "log"]
        return told(events)

    return run
