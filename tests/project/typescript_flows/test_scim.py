"""A directory that creates, reads, changes and removes people (SCIM 2.0)."""

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
    directory.headers["Authorization"] = f"Bearer {scim_token}"
    created = directory.post("/scim/v2/Users", json=person)
    assert created.status_code == 201, created.text
    assert directory.ask(f"/scim/v2/Users/{created.json()['id']}")["userName"] == name
    assert directory.delete(f"/scim/v2/Users/{created.json()['id']}").status_code == 204
