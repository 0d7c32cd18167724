"""The choice of the damping by cross validation: stations and relief are withheld in turns, inverted without,
predicted, and each trial kept in a study.

Imported by `report` and `tasks`.
"""
