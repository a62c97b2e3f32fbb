"""Random values of two servers have one normal form."""

from __future__ import annotations

import pytest

from tests.conformance.normal_form import NormalForm


@pytest.mark.parametrize("letters", ["GBRTETDX", "GBRT3TDX"])
def test_a_secret_of_one_time_passwords_is_random(letters: str) -> None:
    uri = f"otpauth://totp/App?secret={letters * 6}GEZA"
    assert "secret={totpURI, 52 long}" in NormalForm({}).of(uri, "totpURI")
