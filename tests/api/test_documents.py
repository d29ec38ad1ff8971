"""OpenAPI and its kin: made from the contract, true to the answers, valid."""

import json
import os
from typing import Any

import jsonschema
import msgspec
import pytest

from revento.contract import endpoints, errors, topics
from revento.contract.render import openapi
from revento.kernel.db import Database
from tests.api import examples
from tests.api import world as worlds
from tests.api.conftest import Api, serve
from tests.conftest import MovableClock


async def answers(api: Api, db: Database) -> dict[str, Any]:
    """Every endpoint's answer about the convention on record, recorded now."""
    world = await examples.make(db)
    token = await worlds.installation_token(world)
    person = await worlds.user_token(world, examples.id_of("usr", 2))
    ids = {"{event_id}": world.event_id, "{participant_id}": examples.id_of("ptp", 1)}
    ids["{activity_id}"] = examples.id_of("act", 1)
    found = {}
    for endpoint in endpoints.ALL:
        path = endpoint.path
        for name, id in ids.items():
            path = path.replace(name, id)
        answer = await api.read(path, person if path.startswith("/me/") else token)
        assert answer.status_code == 200, answer.text
        found[endpoint.name] = answer.json()
    return found


async def test_the_examples_are_real_answers(database_url, tmp_path, db: Database) -> None:
    async for api in serve(database_url, tmp_path, MovableClock(examples.NOW)):
        found = await answers(api, db)
    if os.environ.get("REVENTO_RECORD"):
        openapi.EXAMPLES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    assert found == json.loads(openapi.EXAMPLES.read_text())


@pytest.mark.parametrize("endpoint", endpoints.ALL, ids=lambda one: one.name)
def test_every_example_fits_its_schema(endpoint) -> None:
    document = openapi.document("https://revento.example")
    content = document["paths"][endpoint.path]["get"]["responses"]["200"]["content"]["application/json"]
    schema = {"$ref": content["schema"]["$ref"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(content["example"])
    assert schema["$ref"]


def test_every_error_of_the_api_stands_in_the_document() -> None:
    responses = openapi.document("https://revento.example")["components"]["responses"]
    told = {code for one in responses.values() for code in one["content"]["application/json"]["examples"]}
    assert told == {reason.code for reason in errors.API}
    for status, one in responses.items():
        for code, example in one["content"]["application/json"]["examples"].items():
            assert (status, example["value"]["error"]) == (str(_status(code)), code)


def _status(code: str) -> int:
    return next(reason.status for reason in errors.API if reason.code == code)


async def test_openapi_is_served_and_valid(api: Api) -> None:
    answer = await api.get("/api/openapi.json")
    document = answer.json()
    assert (answer.status_code, document["openapi"]) == (200, "3.1.0")
    assert document["servers"] == [{"url": "http://localhost:8000/api/v1"}]
    again = await api.get("/api/openapi.json", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert set(document["paths"]) == {endpoint.path for endpoint in endpoints.ALL}
    assert set(document["components"]["securitySchemes"]) == {"installation_token", "user_token"}


async def test_the_webhook_catalogue_describes_every_type(api: Api) -> None:
    document = (await api.get("/api/v1/webhooks/catalog")).json()
    assert [one["type"] for one in document["types"]] == [topic.name for topic in topics.ALL]
    for one in document["types"]:
        jsonschema.Draft202012Validator.check_schema(one["schema"])
        jsonschema.validate(one["example"], one["schema"])
        topic, data = topics.BY_NAME[one["type"]], one["example"]["data"]
        assert msgspec.to_builtins(msgspec.convert(data, topic.data)) == data, one["type"]
        assert one["resource"] == f"data.{topic.resource}"
        assert data[topic.resource]


async def test_the_manifest_schema_is_served(api: Api) -> None:
    answer = await api.get("/api/v1/manifest.schema.json")
    jsonschema.Draft202012Validator.check_schema(answer.json())
    assert answer.headers["content-type"] == "application/schema+json"


async def test_the_page_for_people_names_every_endpoint_and_asks_no_third_party(api: Api) -> None:
    answer = await api.get("/api/docs")
    assert answer.status_code == 200
    assert [one.path for one in endpoints.ALL if f"GET {one.path}" not in answer.text] == []
    assert 'src="http' not in answer.text
    assert 'href="http' not in answer.text
    assert "`" not in answer.text
    assert "write <code>+</code> as <code>%2B</code>" in answer.text
