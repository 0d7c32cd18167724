"""docs/job.md tells the truth: every example is valid, runs, and gives the files it names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from core.events.protocol import EVENTS
from core.job.schema import schema
from core.worker.run import EXIT_CODES, run_job

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = (ROOT / "docs" / "job.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)]
TASKS = schema()["$defs"]["tasks"]
TYPES = {"number": (int, float), "integer": int, "string": str, "boolean": bool, "object": dict, "array": list}


def faults(value, rule, where="job"):
    """What a value has against a JSON schema, as far as ours go."""
    if "anyOf" in rule:
        each = [list(faults(value, option, where)) for option in rule["anyOf"]]
        yield from () if [] in each else each[0]
        return
    kinds = rule.get("type")
    if kinds is not None:
        names = [kinds] if isinstance(kinds, str) else kinds
        allowed = tuple(TYPES[name] for name in names if name != "null")
        matches = any(isinstance(value, kind) for kind in allowed) and (bool in allowed or not isinstance(value, bool))
        if not (matches or (value is None and "null" in names)):
            yield f"{where} is {value!r}, not {kinds}"
            return
    if ("const" in rule and value != rule["const"]) or ("enum" in rule and value not in rule["enum"]):
        yield f"{where} is {value!r}"
    if ("minimum" in rule and value < rule["minimum"]) or (
        "exclusiveMinimum" in rule and value <= rule["exclusiveMinimum"]
    ):
        yield f"{where} is {value!r}, too small"
    if "pattern" in rule and not re.search(rule["pattern"], value):
        yield f"{where} is {value!r}, not like {rule['pattern']}"
    if isinstance(value, dict):
        known = rule.get("properties", {})
        yield from (f"{where} lacks {key}" for key in rule.get("required", []) if key not in value)
        if rule.get("additionalProperties") is False:
            yield from (f"{where} has {key}" for key in value if key not in known)
        for key in value.keys() & known.keys():
            yield from faults(value[key], known[key], f"{where}.{key}")


def test_every_task_has_an_example_under_its_name():
    assert {example["task"] for example in EXAMPLES} == set(TASKS)
    for task in TASKS:
        assert f"### {task}\n" in DOCUMENT


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["task"] for example in EXAMPLES])
def test_an_example_is_valid_by_the_schema(example):
    assert list(faults(example, TASKS[example["task"]])) == []


@pytest.mark.parametrize(
    "change", [{"penalty": 9}, {"spacing": 0}, {"dampin": 1}, {"error": "x"}, {"gravity": 3}, {"strict": 1}]
)
def test_the_schema_refuses_what_the_engine_refuses(change, engine):
    example = next(example for example in EXAMPLES if example["task"] == "invertrelief")
    assert list(faults({**example, **change}, TASKS["invertrelief"]))
    run = engine(**{**example, **change})
    assert (run.code, run.error["parameter"]) == (2, next(iter(change)).upper())


def test_the_examples_run_in_their_order_and_give_the_files_they_name(tmp_path):
    for name, content in re.findall(r"`(\w+\.csv)`:\n\n```csv\n(.*?)```", DOCUMENT, re.DOTALL):
        (tmp_path / name).write_text(content, encoding="utf-8")
    seen = set()
    for example in EXAMPLES:
        events = []
        job = tmp_path / "job.json"
        job.write_text(json.dumps(example), encoding="utf-8")
        assert run_job(job, events.append) == 0, events[-1]
        asked = {key for key in example if TASKS[example["task"]]["properties"][key].get("x-output")}
        outputs = events[-1]["outputs"]
        assert asked <= set(outputs)
        assert all(Path(outputs[key]) == tmp_path / example[key] and Path(outputs[key]).is_file() for key in asked)
        for event in events:
            assert list(faults(event, schema()["$defs"]["events"][event["event"]], event["event"])) == []
            seen |= {(event["event"], key) for key in event}
    told = {name for name, _ in seen} | {"error", "warning"}
    assert told >= {"progress", "log", "iteration", "trial", "result"}


def test_every_event_and_exit_code_is_explained():
    for event in EVENTS:
        assert f"`{event}`" in DOCUMENT
    for code in (0, *EXIT_CODES.values()):
        assert f"| {code} |" in DOCUMENT


def test_the_schema_itself_is_plain_json_with_words_for_every_key():
    whole = json.loads(json.dumps(schema(), allow_nan=False))
    for task in whole["$defs"]["tasks"].values():
        assert all(rule.get("description") or "const" in rule for rule in task["properties"].values())
