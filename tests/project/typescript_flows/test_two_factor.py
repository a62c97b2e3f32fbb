"""Two-factor authentication: authenticator app, backup codes, codes by mail."""

from __future__ import annotations

import pytest

from tests.project.typescript import Browser
from tests.project.typescript_flows import flows

pytestmark = pytest.mark.e2e


def test_two_factor(browser: Browser) -> None:
    flows.two_factor(browser)
