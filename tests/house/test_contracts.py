"""The contract of our own fails where it should."""

import grimp
import pytest
from importlinter.domain.contract import InvalidContractOptions

from tests.house.contracts import AppPrivacyContract

OPTIONS = {
    "apps": ["kpi", "pages"],
    "public": ["models", "actions"],
    "also_public": ["kpi.seals"],
    "allowed_importers": ["roof"],
}


def contract(**changes):
    return AppPrivacyContract(
        name="privacy",
        session_options={"root_packages": ["kpi"]},
        contract_options=OPTIONS | changes,
    )


def graph_with(importer, imported):
    graph = grimp.ImportGraph()
    for module in ("kpi", "pages", "roof", "kpi.actions", importer, imported):
        graph.add_module(module)
    graph.add_import(importer=importer, imported=imported, line_number=7, line_contents="")
    return graph


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("pages.views", "kpi.actions", True),
        ("pages.views", "kpi.actions.results", True),
        ("pages.views", "kpi.seals", True),
        ("pages.views", "kpi.views", False),
        ("pages.views", "kpi.rollups", False),
        ("pages.views", "kpi.rollups.national", False),
        ("kpi.views", "kpi.rollups", True),
        ("roof.urls", "kpi.urls", True),
    ],
)
def test_other_apps_import_only_what_is_public(importer, imported, kept):
    assert contract().check(graph_with(importer, imported), verbose=False).kept is kept


def test_a_missing_option_is_an_error():
    with pytest.raises(InvalidContractOptions):
        AppPrivacyContract(name="privacy", session_options={}, contract_options={"apps": ["kpi"]})
