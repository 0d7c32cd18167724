"""Which stations are withheld, and how a prediction at them is scored.

Imported by `regional`, `assembly`, `selection`, `results`, `report` and `tasks`.
"""
