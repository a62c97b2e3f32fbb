"""Records the present better-auth as one of an older release, for the update tests.

Usage: python -m tests.update.record

To be run before ``template/shared/versions.jinja`` gets a newer one. Writes the pinned versions to
``hooks/releases/``, and the tables of each older release that has none to ``catalogues/``.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise

from hooks.catalogue import refreshed
from hooks.node import BETTER_AUTH, pinned
from tests.update.history import RECORDED, VERSIONS, older_versions


def main() -> None:
    versions = pinned(*BETTER_AUTH)
    file = VERSIONS / f"{versions['better-auth']}.json"
    file.write_text(json.dumps(versions, indent=2) + "\n")
    for before, version in pairwise(older_versions()):
        recorded = RECORDED / f"{version}.json"
        if not recorded.exists():
            tables = refreshed(RECORDED / f"{before}.json", VERSIONS / f"{version}.json")
            recorded.write_text(tables)


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(f"record: {error}")
