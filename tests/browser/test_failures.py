"""The sentences for ``?error=`` cover what better-auth and its packages redirect with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.project.typescript import run_node
from tests.project.typescript_sources import install_packages
from tests.template import REPOSITORY

FAILURES = REPOSITORY / "template/shared/better-auth-pages/failures.js"

#: By the files whose redirects lead to the pages: how they write the code.
WRITTEN = {
    "better-auth/dist/oauth2/errors.mjs": r'^\t[A-Z_]+: "(\w+)"',
    "better-auth/dist/state.mjs": r'code: "(state_(?!security)\w+)"',
    "better-auth/dist/oauth2/*.mjs": r'(?:redirectOnError\(.*|code: |error: )"([a-z][\w ]+)"',
    "better-auth/dist/api/routes/callback.mjs": r'(?:redirectOnError\(|error: )"(\w+)"',
    "better-auth/dist/api/routes/email-verification.mjs": r"redirectOnError\(BASE\w+\.(\w+)\)",
    "better-auth/dist/api/routes/password.mjs": r'redirectError\(.*error: "(\w+)"',
    "better-auth/dist/plugins/admin/admin.mjs": r'code: "(\w+)"',
    "better-auth/dist/plugins/magic-link/index.mjs": r'redirectWithError\("(\w+)"',
    "better-auth/dist/plugins/oauth-proxy/index.mjs": r'redirectOnError\(ctx, \w+, "(\w+)"',
    "@better-auth/oauth-provider/dist/*.mjs": (
        r'(?:getErrorURL\(ctx, [`"]|error: "(?=invalid_signature))(\w+)'
    ),
    "@better-auth/sso/dist/index.mjs": (
        r'(?:redirectOIDCError\(|errorRedirectUrl\([\w.]+, |\t\terror: |code \|\| )"([a-z_]+)"'
    ),
}
#: Errors that providers redirect with: RFC 6749, section 4.1.2.1.
OF_PROVIDERS = {
    "access_denied",
    "invalid_request",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
}


def redirected(packages: Path) -> Iterator[str]:
    for pattern, written in WRITTEN.items():
        texts = [path.read_text(encoding="utf-8") for path in packages.glob(pattern)]
        found = [code for text in texts for code in re.findall(written, text, re.MULTILINE)]
        assert found, pattern
        yield from (code.lower().replace(" ", "_") for code in found)


def test_every_redirect_has_a_sentence() -> None:
    packages = install_packages()
    script = f"const {{ failures }} = await import({json.dumps(FAILURES.as_uri())});\n"
    script += "console.log(JSON.stringify([...failures.keys()]))"
    codes = set(json.loads(run_node(packages.parent, "--input-type=module", "--eval", script)))
    assert codes == {*redirected(packages), *OF_PROVIDERS}
