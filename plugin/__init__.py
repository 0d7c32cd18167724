"""What QGIS sees of GravRelief: its provider and algorithms, and the way to the engine."""
