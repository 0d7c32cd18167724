"""Stands in for uv: makes a folder that looks like an environment, notes what it was asked, can fail.

What it does is read from ``uv.json`` in the folder of its own copy.
"""

import json
import os
import sys
from pathlib import Path

HERE = Path(sys.argv[0]).parent
plan = json.loads((HERE / "uv.json").read_text())
arguments = sys.argv[1:]

with open(HERE / "calls.jsonl", "a") as calls:
    calls.write(json.dumps({"arguments": arguments, "variables": dict(os.environ)}) + "\n")
if arguments == ["--version"]:
    print("uv 0.9.0")
elif arguments[0] == "venv":
    folder = Path(arguments[-1])
    base = arguments[arguments.index("--python") + 1]
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = {Path(base).parent}\n")
    if plan.get("no programs"):
        (folder / "bin" / "python").write_text("not allowed to run")
    else:
        (folder / "bin" / "python").symlink_to(base)
elif arguments[:2] == ["pip", "install"]:
    print("Downloading everything", flush=True)
    if "block" in plan:
        # Nobody ever writes into the pipe: this call does not come back.
        open(plan["block"]).read()
    if "fail" in plan:
        print(plan["fail"])
        sys.exit(1)
    print("Prepared 57 packages")
else:
    print("error: no interpreter found")
    sys.exit(2)
