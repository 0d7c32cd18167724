"""The kinds of fault by name, in the order in which they are tried; each takes a source of chance and yields its cases."""

from __future__ import annotations

from . import cold, engines, full_disks, interruptions, renames

KINDS = {
    "cancel_client": interruptions.cancels_by_client,
    "cancel_qgis": interruptions.cancels_in_qgis,
    "cancel_terminal": interruptions.cancels_in_a_terminal,
    "kill_worker": interruptions.kills_of_the_worker,
    "kill_terminal": interruptions.kills_in_a_terminal,
    "kill_qgis": interruptions.kills_of_qgis,
    "full_disk_engine": full_disks.disks_of_the_engine,
    "full_disk_qgis": full_disks.disks_under_qgis,
    "temp": full_disks.temporary_folders,
    "renames": renames.fail_at_the_end,
    "broken_engine": engines.broken_engines,
    "broken_cache": engines.broken_caches,
    "study_lock": engines.study_locks,
    "setup": engines.killed_setups,
    "wrong_input": cold.wrong_input,
    "leftovers": cold.old_leftovers,
}
NEED_ROOT = {"full_disk_engine", "full_disk_qgis", "temp", "renames"}
