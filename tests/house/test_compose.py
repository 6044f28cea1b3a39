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


def test_every_name_in_env_reaches_the_portal_but_places_are_those_of_the_image(services):
    image = (ROOT / "Dockerfile").read_text()
    for name in ("migrate", "web", "worker", "beat"):
        assert services[name]["env_file"] == [".env"]
        places = services[name]["environment"]
        # .env.example names those of a host; an image that followed them could not write or would
        # serve files that are not there.
        for place in ("VAR_DIR", "STATIC_ROOT", "STATIC_MANIFEST"):
            assert f"{place}={places[place]}" in image


def test_the_portal_is_never_fetched_from_a_registry(services):
    ours = [each for each in services.values() if each["image"].startswith("sakhon-portal")]
    assert len(ours) == 4
    assert {each["pull_policy"] for each in ours} == {"never"}
    assert [name for name, each in services.items() if "build" in each] == ["migrate"]


def test_nginx_reads_where_the_portal_writes_and_finds_it_again_after_an_upgrade(services):
    mounted = dict(each.split(":")[:2] for each in services["nginx"]["volumes"])
    migrating = dict(each.split(":")[:2] for each in services["migrate"]["volumes"])
    serving = dict(each.split(":")[:2] for each in services["web"]["volumes"])
    assert mounted["published"] == serving["published"] == "/srv/var/published"
    assert mounted["static"] == "/srv/static"
    assert migrating["static"] in services["migrate"]["command"][2]
    # Private uploads are not in its sight.
    assert "var" not in mounted
    assert services["nginx"]["depends_on"]["web"]["restart"] is True


def test_without_tls_only_this_machine_is_answered(services):
    assert services["nginx"]["ports"] == ["${PORTAL_PORT:-127.0.0.1:8080}:8080"]


def test_the_image_builds_static_files_with_hashes():
    image = (ROOT / "Dockerfile").read_text()
    assert "STATIC_MANIFEST=on" in image
    assert "collectstatic" in image
