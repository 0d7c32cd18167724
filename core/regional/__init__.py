"""What of the misfit is not the relief, separated before the inversion: one file a method.

Imported by `assembly`, `report` and `tasks`.
"""
