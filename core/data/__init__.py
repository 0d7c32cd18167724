"""What data are and how their files are read and written: stations, relief and grid, rasters, columns, polygons,
coordinate systems, gridding and margins.

Imported by `job`, `operators`, `validation`, `survey`, `inversion`, `assembly`, `selection`, `results`,
`report`, `tasks` and `worker`.
"""
