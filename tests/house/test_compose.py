"""docker-compose.yml against the compose schema that check-jsonschema carries."""

import json
import re
from importlib import resources

import jsonschema
import pytest
import yaml

from tests.house.layout import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def schema():
    place = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    return json.loads(place.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(TEXT)["services"]


def faults(document, schema):
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def test_it_is_valid(schema):
    assert faults(yaml.safe_load(TEXT), schema) == []


def test_the_schema_refuses_what_compose_would(schema):
    document = yaml.safe_load(TEXT)
    document["services"]["web"]["healthchek"] = {}
    assert faults(document, schema)


def test_it_holds_every_part_of_a_province(services):
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "beat", "nginx"}


def test_every_lasting_service_has_a_health_check(services):
    lasting = {name for name in services if name != "migrate"}
    assert {name for name in lasting if "healthcheck" in services[name]} == lasting


def test_it_holds_no_secret():
    for line in TEXT.splitlines():
        if named := re.search(r"(SECRET_KEY|PASSWORD|SENTRY_DSN)\w*: (.+)", line):
            assert named[2].startswith("${"), line
    assert "postgresql://portal:${POSTGRES_PASSWORD" in TEXT


def test_nobody_in_it_is_root_or_writes_outside_the_volumes(services):
    for name in ("migrate", "web", "worker", "beat"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert re.search(r"^USER portal$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_every_setting_it_gives_is_one_the_portal_reads(services):
    settings = (ROOT / "sakhon_portal" / "settings.py").read_text(encoding="utf-8")
    assert [name for name in services["web"]["environment"] if f'"{name}"' not in settings] == []


def test_the_image_builds_static_files_with_hashes():
    image = (ROOT / "Dockerfile").read_text()
    assert "STATIC_MANIFEST=on" in image
    assert "collectstatic" in image
