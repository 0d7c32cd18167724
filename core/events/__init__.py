"""What a run tells while it goes on: progress, log lines, warnings, iterations, trials, and the asking whether it was
cancelled.

Imported by `job`, `operators`, `survey`, `inversion`, `regional`, `assembly`, `selection`, `results`, `tasks` and
`worker`.
"""
