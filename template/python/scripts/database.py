#!/usr/bin/env python3
"""Starts and stops the project's own PostgreSQL.

uv run scripts/database.py start | stop | status
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="database.py", description="The embedded PostgreSQL.")
    parser.add_argument("command", choices=["start", "stop", "status"])
    command = parser.parse_args().command
    try:
        from better_auth_setup import embedded_postgres
    except ModuleNotFoundError:
        python = ROOT / ".venv" / "bin" / "python"
        sys.exit(f"database: The project is not installed in this Python; use {python}.")
    try:
        if command == "start":
            embedded_postgres.start(ROOT)
        elif command == "stop":
            embedded_postgres.stop(ROOT)
        status = embedded_postgres.status(ROOT)
    except embedded_postgres.EmbeddedPostgresError as error:
        sys.exit(f"database: {error}")
    if not status.exists:
        print("There is no embedded PostgreSQL in this project.")
        return 3
    state = "runs" if status.running else "is stopped"
    print(f"The embedded PostgreSQL on port {status.port} {state}.")
    return 3 if command == "status" and not status.running else 0


if __name__ == "__main__":
    sys.exit(main())
