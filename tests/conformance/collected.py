"""The flows of a package."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from tests.conformance.world import Flow


def flows_of(package: ModuleType) -> dict[str, Flow]:
    """Each flow of the modules of a package by its name: "email_and_password/signs_up"."""
    flows: dict[str, Flow] = {}
    for module in pkgutil.iter_modules(package.__path__):
        full_name = f"{package.__name__}.{module.name}"
        flows |= {
            f"{module.name}/{name}": value
            for name, value in vars(importlib.import_module(full_name)).items()
            if getattr(value, "__module__", None) == full_name and not name.startswith("_")
        }
    return flows
