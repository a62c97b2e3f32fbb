"""Flows of plugins that call an external service."""
