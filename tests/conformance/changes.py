"""Records by triggers which rows a request changed, with the name of the server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

#: Leaves out rate limits: each request of a flow comes from an address of its own.
#: Leaves out the keys for JWTs, which the server that needs them first creates for both, and
#: the outbox, which each server empties at its own time.
WATCH = """
CREATE SCHEMA conformance;
CREATE TABLE conformance.change (
  number bigserial PRIMARY KEY, application text, model text, before jsonb, after jsonb
);
CREATE FUNCTION conformance.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO conformance.change (application, model, before, after) VALUES (
    current_setting('application_name'), TG_TABLE_NAME,
    CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
    CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END
  );
  RETURN NULL;
END $$;
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('rateLimit', 'jwks', 'outboxMessage')
  LOOP
    EXECUTE format('CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON public.%I
      FOR EACH ROW EXECUTE FUNCTION conformance.note()', name);
  END LOOP;
END $$;
"""

NEWER = """
SELECT number, model, before, after FROM conformance.change
WHERE application = $1 AND number > $2 ORDER BY number
"""
LATEST = "SELECT coalesce(max(number), 0) AS number FROM conformance.change"


@dataclass(frozen=True)
class Change:
    """A created, deleted or updated row, with the changed columns."""

    model: str
    kind: str
    columns: dict[str, Any]


def net_changes(noted: list[Any]) -> list[Change]:
    """Combines several changes of a row into one."""
    rows: dict[tuple[str, str], tuple[Any, Any]] = {}
    for note in noted:
        before: Any = json.loads(note["before"]) if note["before"] else None
        after: Any = json.loads(note["after"]) if note["after"] else None
        key = (note["model"], (before or after)["id"])
        first = rows[key][0] if key in rows else before
        rows[key] = (first, after)
    return [
        change
        for (model, _), (before, after) in rows.items()
        if (change := _change(model, before, after)) is not None
    ]


def _change(model: str, before: Any, after: Any) -> Change | None:
    if before == after:
        return None
    if before is None:
        return Change(model, "created", after)
    if after is None:
        return Change(model, "deleted", before)
    changed = {name: value for name, value in after.items() if value != before[name]}
    if model.startswith("oauth"):
        changed.pop("updatedAt", None)  # stored to the second, so it may or may not change
    return Change(model, "updated", changed) if changed else None
