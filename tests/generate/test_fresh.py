"""Right after rendering there is nothing to add, whatever plugins the project has."""

from __future__ import annotations

from pathlib import Path

import pytest
from better_auth_prisma.generate.document import parse
from better_auth_prisma.generate.plan import plan
from better_auth_prisma.generate.tables import needed

from tests.answers import options_of, provider_data, stack_plugins
from tests.generate.auth import auth_with
from tests.schema.cases import complete, render, supported

PLUGINS = stack_plugins("python")
FEATURES = [*PLUGINS, *options_of("python"), "rate-limit"]
PROVIDERS = [name for name, data in provider_data().items() if "python" in data]
SETS = [[], *([feature] for feature in FEATURES), FEATURES]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("features", SETS, ids=lambda names: "+".join(names)[:40] or "none")
def test_a_fresh_schema_lacks_nothing(provider: str, features: list[str]) -> None:
    chosen = [name for name in complete(features) if supported(provider, complete([name]))]
    schema = render({"provider": provider, "features": chosen})
    tables = needed(auth_with(chosen, PLUGINS), provider)
    result = plan([parse(Path("schema.prisma"), schema)], tables, provider)
    assert [str(lack) for lack in result.missing] == []
    assert result.problems == []
