"""A directory that provisions users (SCIM 2.0)."""

from __future__ import annotations

import secrets

import pytest

from tests.project.typescript import Server

pytestmark = pytest.mark.e2e


def test_scim(server: Server, scim_token: str) -> None:
    directory = server.browser()
    name = f"{secrets.token_hex(6)}@example.com"
    person = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": name,
        "emails": [{"value": name, "primary": True}],
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
    }
    assert directory.post("/scim/v2/Users", json=person).status_code == 401
    directory.headers["Authorization"] = "Bearer guessed"
    assert directory.post("/scim/v2/Users", json=person).status_code == 401
    directory.headers["Authorization"] = f"Bearer {scim_token}"
    created = directory.post("/scim/v2/Users", json=person)
    assert created.status_code == 201, created.text
    place = f"/scim/v2/Users/{created.json()['id']}"
    assert directory.ask(place)["userName"] == name
    found = directory.ask("/scim/v2/Users", filter=f'userName eq "{name}"')
    assert [entry["id"] for entry in found["Resources"]] == [created.json()["id"]]

    married = {"op": "replace", "path": "name.familyName", "value": "King"}
    patch = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [married],
    }
    assert directory.patch(place, json=patch).is_success
    assert directory.ask(place)["name"]["familyName"] == "King"
    assert directory.delete(place).status_code == 204
    assert directory.get(place).status_code == 404
