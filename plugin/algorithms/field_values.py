"""Whether a field may hold numbers: by its type, and one of texts by its first values."""

from __future__ import annotations

from qgis.core import QgsFeatureRequest, QgsVectorLayer

from ..compat import BOOLEAN_FIELD, TEXT_FIELD, WITHOUT_GEOMETRY

LOOKED_AT = 50
"""So many texts: where none of them is a number, a field of names was chosen. The engine counts the rest."""
EMPTY = ("", "null", "none", "nan", "na", "n/a")


def holds_numbers(layer: QgsVectorLayer, index: int) -> bool:
    """Whether a field is numeric, yes or no, or of texts of which one is a number, or none is anything."""
    field = layer.fields().at(index)
    if field.isNumeric() or field.type() == BOOLEAN_FIELD:
        return True
    if field.type() != TEXT_FIELD:
        return False
    texts = _first_texts(layer, index)
    return not texts or any(map(_begins_as_number, texts))


def _first_texts(layer: QgsVectorLayer, index: int) -> list[str]:
    request = QgsFeatureRequest().setSubsetOfAttributes([index]).setFlags(WITHOUT_GEOMETRY)
    texts: list[str] = []
    for feature in layer.getFeatures(request):
        value = feature.attribute(index)
        if isinstance(value, str) and value.strip().lower() not in EMPTY:
            texts.append(value.strip())
            if len(texts) == LOOKED_AT:
                break
    return texts


def _begins_as_number(text: str) -> bool:
    """Also with a comma, or parted thousands, which the engine tells more of."""
    return text.lower() in ("true", "false") or text.lstrip("+-−.,")[:1].isdigit()
