"""What becomes of results when QGIS loads them: a style from their own values, and a group."""

from __future__ import annotations

from typing import ClassVar

from qgis.core import (
    QgsLayerTreeGroup,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingLayerPostProcessorInterface,
    QgsVectorLayer,
)

from .styles import STYLES

GROUP = "GravRelief"


def dress_when_loaded(context: QgsProcessingContext, layer_id: str, style: str, group: str) -> None:
    """Have a result styled and put into a group once QGIS has loaded it; nothing where it won't.

    Parameters
    ----------
    layer_id : str
        The path or id under which Processing knows the result.
    style : str
        A key of `STYLES`; empty for none.
    group : str
        The algorithm's name: its results stand in one group of that name.
    """
    if not layer_id or not context.willLoadLayerOnCompletion(layer_id):
        return
    details = context.layerToLoadOnCompletionDetails(layer_id)
    if hasattr(details, "groupName") and not details.groupName:
        details.groupName = f"{GROUP}: {group}"
    details.setPostProcessor(Dresser.of(layer_id, style, f"{GROUP}: {group}"))


class Dresser(QgsProcessingLayerPostProcessorInterface):
    """Styles one layer. QGIS keeps no hold of a post-processor, so the class does."""

    living: ClassVar[dict[str, Dresser]] = {}

    def __init__(self, style: str, group: str) -> None:
        super().__init__()
        self.style = style
        self.group = group

    @classmethod
    def of(cls, layer_id: str, style: str, group: str) -> Dresser:
        cls.living[layer_id] = cls(style, group)
        return cls.living[layer_id]

    def postProcessLayer(self, layer, context, feedback) -> None:
        if self.style in STYLES:
            STYLES[self.style](layer)
            layer.triggerRepaint()
        if context.project() is not None:
            self._into_group(layer, context.project().layerTreeRoot())

    def _into_group(self, layer: QgsMapLayer, root: QgsLayerTreeGroup) -> None:
        """Move the layer where this QGIS does not do it by itself."""
        node = root.findLayer(layer.id())
        if node is None or (node.parent() is not None and node.parent().name() == self.group):
            return
        group = root.findGroup(self.group) or root.insertGroup(0, self.group)
        # Points above rasters, and the main result above those that explain it.
        group.insertChildNode(0 if isinstance(layer, QgsVectorLayer) else -1, node.clone())
        node.parent().removeChildNode(node)
