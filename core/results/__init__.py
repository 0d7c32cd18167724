"""What a run leaves: rasters, tables and figures of an inversion, written beside their names and renamed at the end,
all or none.

Imported by `report`, `tasks` and `worker`.
"""
