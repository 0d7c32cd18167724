"""One file a task: job in, the steps in their order, result out. Imported by `worker`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from ..events.protocol import Reporter

MODULES = {
    "syntheticmodel": "synthetic_model",
    "forwardgravity": "forward_gravity",
    "gravitymisfit": "gravity_misfit",
    "startingrelief": "starting_relief",
    "invertrelief": "invert_relief",
    "dampingcrossvalidation": "damping_cross_validation",
}


def run_task(values: dict[str, Any], folder: Path, reporter: Reporter) -> dict[str, Any]:
    """Run a job and write its outputs.

    Parameters
    ----------
    values : dict
        What a job file holds.
    folder : Path
        What relative paths in it are relative to.
    reporter : Reporter

    Returns
    -------
    dict
        The result's outputs: paths, numbers and texts by lower-case name.

    Raises
    ------
    InputError, Cancelled
    """
    from ..job.jobs import read_job
    from ..results.outputs import check_distinct

    with reporter.speaking():
        task, job = read_job(values, folder)
        reporter.strict = job.strict
        check_distinct(job.files_written(), job.files_read())
        from ..operators.lattice_kernels import new_job  # which a job that can't be read need not wait for

        new_job()
        outputs: dict[str, Any] = import_module(f".{MODULES[task]}", __name__).run(job, reporter)
    return outputs
