"""What people do, by the part of better-auth that they do it with.

A flow is a function of a flow module that takes a world. Its name is what its user does.
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.conformance.world import Flow


def all_flows() -> dict[str, Flow]:
    """Each flow by its name: "email_and_password/signs_up"."""
    flows: dict[str, Flow] = {}
    for module in pkgutil.iter_modules(__path__):
        found = vars(importlib.import_module(f"{__name__}.{module.name}"))
        flows |= {
            f"{module.name}/{name}": value
            for name, value in found.items()
            if getattr(value, "__module__", None) == f"{__name__}.{module.name}"
            and not name.startswith("_")
        }
    return flows
