"""The way from QGIS to the engine: its environment, its process, and what crosses between them."""
