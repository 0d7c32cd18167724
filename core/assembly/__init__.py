"""Puts an inversion together from a job: the survey on one grid with its margin, free cells, limits, known relief and
regional, and problems made of them.

Imported by `selection`, `results`, `report` and `tasks`.
"""
