"""Collects the flows of a package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType


def flows_of(package: ModuleType) -> dict[str, Callable[..., None]]:
    """The flows of a package by name, such as "email_and_password/signs_up"."""
    flows: dict[str, Callable[..., None]] = {}
    for module in pkgutil.iter_modules(package.__path__):
        full_name = f"{package.__name__}.{module.name}"
        flows |= {
            f"{module.name}/{name}": value
            for name, value in vars(importlib.import_module(full_name)).items()
            if getattr(value, "__module__", None) == full_name and not name.startswith("_")
        }
    return flows
