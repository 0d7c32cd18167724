"""From the files that a job names to checked stations, a starting relief, density contrasts and known points in one
projected system.

Imported by `regional`, `assembly`, `report` and `tasks`.
"""
