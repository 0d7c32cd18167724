"""A job file as editors save it: with a byte order mark, in UTF-16, or not as JSON at all."""

from __future__ import annotations

import json

import pytest

from core.worker.run import run_job

JOB = {
    "task": "startingrelief",
    "method": 2,
    "level": 5,
    "extent": [0, 2000, 0, 2000],
    "spacing": 1000,
    "crs": "EPSG:3031",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_job_is_read_in_any_encoding_of_unicode(tmp_path, encoding):
    path = tmp_path / "job.json"
    path.write_bytes(json.dumps({**JOB, "starting_relief": "ä.tif"}, ensure_ascii=False).encode(encoding))
    events = []
    assert run_job(path, events.append) == 0, events[-1]
    assert (tmp_path / "ä.tif").is_file()


@pytest.mark.parametrize("held", [b"", b"\xff\xfe\x00", b"\xe4", b"{'task': 5}", b"\0\0\0\0"])
def test_what_is_no_json_is_told_in_one_sentence(tmp_path, held):
    path = tmp_path / "job.json"
    path.write_bytes(held)
    events = []
    assert run_job(path, events.append) == 2
    assert "job.json is not valid JSON" in events[-1]["message"] and events[-1]["kind"] == "input"
