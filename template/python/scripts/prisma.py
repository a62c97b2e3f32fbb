#!/usr/bin/env python3
"""Runs the Prisma CLI with the project's own Node: uv run scripts/prisma.py studio"""

import os
import sys

from better_auth_setup import node
from better_auth_setup.console import Problem
from better_auth_setup.project import NODE_MODULES, ROOT

if __name__ == "__main__":
    try:
        program, environment = str(node.node()), node.node_environment()
    except Problem as problem:
        sys.exit(f"prisma: {problem} Run: python3 scripts/setup.py")
    os.chdir(ROOT)
    prisma = str(NODE_MODULES / "prisma" / "build" / "index.js")
    os.execve(program, [program, prisma, *sys.argv[1:]], environment)
