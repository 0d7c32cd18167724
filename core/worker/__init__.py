"""The engine as a process: one job from a terminal, the warm worker that QGIS keeps, its pipes, and whether an
interpreter can be the engine.

Imported by `__main__`.
"""
