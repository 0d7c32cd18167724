"""The dialogs: QGIS's own field widget ends the program where the gravity layer is a raster."""

from __future__ import annotations

import pytest
from gravrelief.plugin.algorithms import ALGORITHMS
from qgis.core import QgsProcessingModelAlgorithm, QgsRasterLayer
from qgis.gui import QgsFieldComboBox, QgsProcessingModelerParameterWidget
from qgis.PyQt.QtWidgets import QDialog, QLineEdit

from .files import raster_file


@pytest.fixture()
def raster(project, tmp_path):
    layer = QgsRasterLayer(raster_file(tmp_path / "gravity.tif", [[1.0, 2, 3], [4, 5, 6]]), "a raster")
    project.addMapLayer(layer)
    return layer


@pytest.fixture()
def wrappers_of(provider, context, processing):
    """Make an algorithm's input widgets as the dialogs of Processing do; by the parameters' names."""
    factory = processing("processing.gui.wrappers").WidgetWrapperFactory
    kept = []

    def wrappers_of(name, dialog_name="AlgorithmDialog"):
        dialog = type(dialog_name, (QDialog,), {})()
        algorithm = provider.algorithm(name).create()
        wrappers = {}
        for definition in algorithm.parameterDefinitions():
            if not definition.isDestination():
                wrappers[definition.name()] = factory.create_wrapper(definition, dialog)
        kept.extend([algorithm, dialog, *(wrapper.createWrappedWidget(context) for wrapper in wrappers.values())])
        for wrapper in wrappers.values():
            wrapper.postInitialize(list(wrappers.values()))
        return wrappers

    return wrappers_of


def choices(wrapper):
    box = wrapper.wrappedWidget().findChild(QgsFieldComboBox)
    return [box.itemText(number) for number in range(box.count())]


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.NAME)
def test_every_dialog_opens_where_a_raster_is_the_first_layer(wrappers_of, raster, algorithm):
    assert wrappers_of(algorithm.NAME)


def test_the_fields_follow_the_gravity_layer(wrappers_of, raster, stations, context):
    wrappers = wrappers_of("invertrelief")
    wrappers["GRAVITY"].setParameterValue(stations.id(), context)
    assert choices(wrappers["GRAVITY_FIELD"]) == ["", "gravity", "height"]
    wrappers["GRAVITY_FIELD"].setParameterValue("gravity", context)
    assert wrappers["GRAVITY_FIELD"].parameterValue() == "gravity"
    wrappers["GRAVITY"].setParameterValue(raster.id(), context)
    assert choices(wrappers["GRAVITY_FIELD"]) == [""]
    assert wrappers["GRAVITY_FIELD"].parameterValue() is None


def test_in_batch_a_field_is_typed(wrappers_of, raster, context):
    wrapper = wrappers_of("invertrelief", "BatchAlgorithmDialog")["HEIGHT_FIELD"]
    wrapper.setParameterValue("height", context)
    assert wrapper.wrappedWidget().findChild(QLineEdit).text() == "height"
    assert wrapper.parameterValue() == "height"


def test_the_model_designer_has_the_widget_of_qgis(provider, context, processing):
    factory = processing("processing.gui.wrappers").WidgetWrapperFactory
    model = QgsProcessingModelAlgorithm()
    dialog = type("ModelerParametersDialog", (), {"model": model, "childId": "x", "context": context})()
    definition = provider.algorithm("invertrelief").parameterDefinition("GRAVITY_FIELD")
    assert isinstance(factory.create_wrapper(definition, dialog), QgsProcessingModelerParameterWidget)
