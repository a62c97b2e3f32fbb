"""`npm run purge` deletes what has expired, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.project.typescript import npm, run_node
from tests.project.workshop import Workshop

exhaustive = pytest.mark.exhaustive
PROJECTS = [
    pytest.param({"stack": "python", "framework": "hono"}, "auth", id="python"),
    pytest.param(
        {"stack": "typescript", "framework": "hono", "provider": "sqlite"},
        "src/lib",
        id="typescript sqlite",
    ),
    pytest.param(
        {"stack": "python", "framework": "hono", "provider": "sqlite"},
        "auth",
        id="python sqlite",
        marks=exhaustive,
    ),
    pytest.param(
        {"stack": "typescript", "framework": "hono"}, "src/lib", id="typescript", marks=exhaustive
    ),
    pytest.param(
        {"stack": "typescript", "framework": "nextjs"}, "src/lib", id="nextjs", marks=exhaustive
    ),
    pytest.param(
        {"stack": "python", "framework": "nextjs", "provider": "sqlite"},
        "web/src/lib",
        id="python nextjs sqlite",
        marks=exhaustive,
    ),
]

#: In a Next.js project, Next.js reads the file.
SETTINGS = "--env-file=.env.local"

#: Rows named by the expected result.
SEED = """
import { prisma } from "./FOLDER/prisma.ts";

const after = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);
const times = { createdAt: after(-90), updatedAt: after(-90) };
const user = { id: "user", name: "Ada", email: "ada@example.com", emailVerified: true };
await prisma.user.create({ data: { ...user, ...times } });
for (const [id, days] of [["expired", -1], ["live", 1]] as const) {
  const data = { id, expiresAt: after(days), ...times };
  await prisma.session.create({ data: { ...data, token: id, userId: "user" } });
  await prisma.verification.create({ data: { ...data, identifier: id, value: id } });
}
const message = { kind: "verify", recipient: "ada@example.com", data: null, createdAt: after(-90) };
const messages = [
  { id: "sent long ago", sentAt: after(-60), dueAt: null, expiresAt: after(-59) },
  { id: "sent", sentAt: after(-1), dueAt: null, expiresAt: after(-1) },
  { id: "failed long ago", sentAt: null, dueAt: null, expiresAt: after(-60) },
  { id: "failed", sentAt: null, dueAt: null, expiresAt: after(-1) },
  { id: "waiting", sentAt: null, dueAt: after(0), expiresAt: after(1) },
];
for (const one of messages) await prisma.outboxMessage.create({ data: { ...message, ...one } });
await prisma.$disconnect();
"""
LEFT = """
import { prisma } from "./FOLDER/prisma.ts";

const tables = { session: prisma.session, verification: prisma.verification };
const left: Record<string, string[]> = {};
for (const [name, table] of Object.entries({ ...tables, outbox: prisma.outboxMessage })) {
  const rows: { id: string }[] = await (table as any).findMany({ select: { id: true } });
  left[name] = rows.map(({ id }) => id).sort();
}
console.log(JSON.stringify(left));
await prisma.$disconnect();
"""


@pytest.mark.parametrize(("answers", "code"), PROJECTS)
def test_a_purge_deletes_expired_rows(
    tmp_path: Path, workshop: Workshop, answers: dict[str, Any], code: str
) -> None:
    project = tmp_path / "app"
    settings = workshop.settings()
    if answers.get("provider") == "sqlite":
        settings["DATABASE_URL"] = "file:./app.db"
    workshop.render(answers, project, settings)
    workshop.push(project)
    for name, text in {"seed.ts": SEED, "left.ts": LEFT}.items():
        (project / name).write_text(text.replace("FOLDER", code))
    run_node(project, SETTINGS, "seed.ts")

    purged = npm(project, "purge")

    assert purged.returncode == 0, purged.stdout
    counts = [line for line in purged.stdout.splitlines() if line.endswith("deleted")]
    assert counts == ["session: 1 deleted", "verification: 1 deleted", "outbox: 2 deleted"]
    assert json.loads(run_node(project, SETTINGS, "left.ts")) == {
        "session": ["live"],
        "verification": ["live"],
        "outbox": ["failed", "sent", "waiting"],
    }
    # A purge without expired rows succeeds.
    assert npm(project, "purge").stdout.count(": 0 deleted") == 3


def test_a_purge_without_settings_reports_what_is_missing(
    tmp_path: Path, workshop: Workshop
) -> None:
    project = tmp_path / "app"
    answers = {"stack": "typescript", "framework": "hono"}
    workshop.render(answers, project, {"DATABASE_URL": "", "BETTER_AUTH_SECRET": ""})
    refused = npm(project, "purge")
    assert refused.returncode == 1
    assert "DATABASE_URL" in refused.stdout and "    at " not in refused.stdout
