import pytest
from better_auth_prisma.generate import tables

from tests.template import module


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue as it stands in a rendered project."""
    monkeypatch.setattr(tables, "catalogue", lambda: module("catalogue").catalogue)
