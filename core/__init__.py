"""The engine of GravRelief: gravity in, relief out. It knows nothing of QGIS or Qt."""
