"""Limits of projects that slow machines would reach."""

from __future__ import annotations

from pathlib import Path


def wait_for_transactions(client: Path) -> None:
    """Edits a project's ``prisma.ts``: by default, a transaction has to begin within 2 s."""
    text, new = client.read_text(), "new PrismaClient({ adapter })"
    assert text.count(new) == 1
    options = "transactionOptions: { maxWait: 60_000, timeout: 60_000 }"
    client.write_text(text.replace(new, f"new PrismaClient({{ adapter, {options} }})"))
