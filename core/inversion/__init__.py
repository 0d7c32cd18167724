"""The damped, iterative least squares that turns gravity into relief: steps, penalties, limits, known relief, a joint
regional, and when to stop.

Imported by `assembly`, `selection`, `results` and `report`.
"""
