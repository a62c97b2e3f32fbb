"""Recorded output of programs that fail, and the reasons that setup has to report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    output: str
    #: The parts of the reason, in this order.
    expected: list[str]
    is_of_prisma: bool = False
    #: Which the Python stack does not run.
    is_of_pnpm: bool = False


def _npm(code: str, *lines: str) -> str:
    head = [f"code {code}", "syscall connect", "path /x", "errno -1"]
    log = "A complete log of this run can be found in: /root/.npm/_logs/x-debug-0.log"
    return "".join(f"npm error {line}\n" for line in [*head, *lines, log])


FAILURES = {
    "a full disk": Failure(
        "npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write\n"
        + _npm(
            "ENOSPC",
            "nospc ENOSPC: no space left on device, write",
            "nospc Clear up some disk space and try again.",
        ),
        ["ENOSPC: no space left on device, write", "Clear up some disk space"],
    ),
    "a file in use": Failure(
        _npm(
            "EPERM",
            "Error: EPERM: operation not permitted, rename '/x' -> '/y'",
            "    at async Object.rename (node:internal/fs/promises:786:10) {",
            "  errno: -1,",
            "  code: 'EPERM',",
            "  dest: '/y'",
            "}",
            "",
            "The operation was rejected by your operating system.",
        ),
        ["EPERM: operation not permitted, rename '/x' -> '/y'", "The operation was rejected"],
    ),
    "a proxy that is off": Failure(
        _npm(
            "ECONNREFUSED",
            "FetchError: request to https://r/hono failed, reason: connect ECONNREFUSED ::1:3128",
            "    at ClientRequest.emit (node:events:519:28) {",
            "  port: 3128,",
            "  type: 'system'",
            "}",
            "If you are behind a proxy, please make sure that the",
        ),
        ["reason: connect ECONNREFUSED ::1:3128", "If you are behind a proxy"],
    ),
    "a version that is not": Failure(
        _npm("ETARGET", "notarget No matching version found for hono@99.0.0."),
        ["No matching version found for hono@99.0.0"],
    ),
    "a package that is not": Failure(
        _npm(
            "E404",
            "404 Not Found - GET https://r/left-pat - Not found",
            "404",
            "404  The requested resource 'left-pat@1.0.0' could not be found or you do not",
        ),
        ["E404: Not Found - GET https://r/left-pat", "The requested resource 'left-pat@1.0.0'"],
    ),
    "a cache of root": Failure(
        _npm(
            "EACCES",
            "",
            "Your cache folder contains root-owned files, due to a bug in",
            "To permanently fix this problem, please run:",
            '  sudo chown -R 1000:1000 "/home/ada/.npm"',
            "Log files were not written due to an error writing to the directory: /x/_logs",
            "You can rerun the command with `--loglevel=verbose` to see the logs in your terminal",
        ),
        ["EACCES: Your cache folder contains root-owned files", 'sudo chown -R 1000:1000 "/home'],
    ),
    "a name that is not": Failure(
        _npm(
            "ENOTFOUND",
            "network request to http://r/hono failed, reason: getaddrinfo ENOTFOUND r",
            "network This is a problem related to network connectivity.",
            "network",
        ),
        ["ENOTFOUND: request to http://r/hono failed", "related to network connectivity"],
    ),
    "pnpm finds no version": Failure(
        "[WARN] x\nError: ERR_PNPM_NO_MATCHING_VERSION\n\n"
        "  \N{MULTIPLICATION SIGN} installing dependencies\n"
        "  ├─▶ Failed to resolve: No matching version found for hono@99 while fetching it from\n"
        "  │   http://r/\n  │   \n  │   Failed to resolve hono@99\n"
        "  ╰─▶ No matching version found for hono@99 while fetching it from http://r/\n"
        '  help: The latest release of hono is "4".\n        \n        If you need more, ask.\n\n',
        [
            "ERR_PNPM_NO_MATCHING_VERSION: Failed to resolve: No matching version found for hono@9",
            'from http://r/ Failed to resolve hono@99. The latest release of hono is "4". If you n',
        ],
        is_of_pnpm=True,
    ),
    "pnpm cannot read package.json": Failure(
        "Error:   \N{MULTIPLICATION SIGN} derive workspace root\n"
        "  ├─▶ read package manager policy\n"
        "  ╰─▶ trailing comma at line 1 column 16\n\n",
        ["derive workspace root: read package manager policy: trailing comma at line 1"],
        is_of_pnpm=True,
    ),
    "a debugger is attached": Failure(
        "Debugger attached.\nError: ENOENT: no such file or directory, open '/nope'\n"
        "Waiting for the debugger to disconnect...\n",
        ["ENOENT: no such file or directory, open '/nope'"],
    ),
    "other bytes": Failure(
        _npm("EINTEGRITY", "sha512-A== integrity checksum failed when using sha512: wanted A"),
        ["integrity checksum failed"],
    ),
    "offline": Failure(
        _npm("ENOTCACHED", "request to https://r/hono failed: cache mode is 'only-if-cached'"),
        ["cache mode is 'only-if-cached'"],
    ),
    "a certificate of one's own": Failure(
        _npm(
            "SELF_SIGNED_CERT_IN_CHAIN",
            "request to https://r/hono failed, reason: self-signed certificate in chain",
        ),
        ["reason: self-signed certificate in chain"],
    ),
    "uv finds no solution": Failure(
        "  \N{MULTIPLICATION SIGN} No solution found when resolving dependencies:\n"
        "  ╰─▶ Because there is no version of fastapi==99 and your project depends on\n"
        "      fastapi==99, we can conclude that they are unsatisfiable.\n\n"
        "      hint: Pre-releases are available\n",
        ["No solution found", "Because there is no version of fastapi==99", "hint: Pre-releases"],
    ),
    "uv finds another hash": Failure(
        "  \N{MULTIPLICATION SIGN} Failed to download `idna==3.10`\n"
        "  ╰─▶ Hash mismatch for `idna==3.10`\n\n"
        "      Expected:\n        sha256:aaa\n\n      Computed:\n        sha256:bbb\n",
        ["Failed to download `idna==3.10`", "Hash mismatch", "sha256:aaa", "sha256:bbb"],
    ),
    "uv is not answered": Failure(
        "error: Failed to fetch: `https://pypi.org/simple/fastapi/`\n"
        "  Caused by: tcp connect error: Connection refused (os error 111)\n",
        ["Failed to fetch", "Connection refused"],
    ),
    "Prisma refuses the schema": Failure(
        "Loaded Prisma config from prisma.config.ts.\n\n"
        "Error: Prisma schema validation - (get-config wasm)\nError code: P1012\n"
        'error: Field "a" is already defined.\n  -->  prisma/schema.prisma:3\n   | \n 2 | a\n\n'
        "Validation Error Count: 1\n[Context: getDmmf]\n\nPrisma CLI Version : 7.10.1\n",
        ['Field "a" is already defined.\n  -->  prisma/schema.prisma:3\n   | \n 2 | a'],
        is_of_prisma=True,
    ),
    "Prisma may not make a shadow database": Failure(
        "Error: P3014\n\nPrisma Migrate could not create the shadow database.\n\n"
        "Original error: \nERROR: permission denied to create database\n"
        "   0: schema_core::state::DevDiagnostic\n",
        ["P3014 Prisma Migrate could not create", "permission denied to create database"],
        is_of_prisma=True,
    ),
    "Prisma cannot apply a migration": Failure(
        'Error: ERROR: near ";": syntax error\n'
        "   0: sql_schema_connector::apply_migration::apply_script\n"
        '           with migration_name="20270101000000_bad"\n'
        "             at schema-engine/connectors/apply_migration.rs:113\n",
        ['20270101000000_bad: ERROR: near ";": syntax error'],
        is_of_prisma=True,
    ),
    "Prisma does not start": Failure(
        "node:fs:2848\n    return binding.lstat(path);\n\n"
        "Error: ENOENT: no such file or directory, lstat '/gone'\n"
        "    at Object.realpathSync (node:fs:2848:29)\n    at Module.load (x.js:1:1) {\n"
        "  errno: -2,\n}\n\nNode.js v24.19.0\n",
        ["ENOENT: no such file or directory, lstat '/gone'"],
        is_of_prisma=True,
    ),
    "Prisma is not let in": Failure(
        "Error: P1010: User `me` was denied access on the database `app`\n",
        ["P1010: User `me` was denied access on the database `app`"],
        is_of_prisma=True,
    ),
}
