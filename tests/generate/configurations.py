"""Prisma configurations as people write them, and where each has the schema."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

PARTS = "prisma/parts"
#: Encodings of a schema as editors and shells of Windows save it, and the end of the remedy.
ENCODINGS = [
    ("utf-16", "as UTF-8: Prisma reads no other encoding"),
    ("utf-8-sig", "without a byte order mark: Prisma takes it for a word"),
]
_IMPORTS = """\
import path, { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, env } from "prisma/config";
"""


@dataclass(frozen=True)
class Form:
    """The files of a project, which has its schema in `PARTS`; or why they are refused."""

    files: dict[str, str]
    #: a part of the sentence
    refusal: str = ""
    #: the folder of migrations
    migrations: str = f"{PARTS}/migrations"
    #: Whether `make test` tries it; the other forms are exhaustive.
    is_usual: bool = field(default=False, compare=False)

    def write(self, folder: Path) -> None:
        """Writes them, and a schema where Prisma looks by default."""
        texts = {"package.json": '{ "type": "module" }', "prisma/schema.prisma": "", **self.files}
        for name, text in {f"{PARTS}/main.prisma": "", **texts}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)


def _config(written: str, before: str = "", is_usual: bool = False, **files: str) -> Form:
    """A ``prisma.config.ts``; what stands in the object, and before it."""
    url = 'datasource: { url: "file:./app.db" }'
    text = f"{_IMPORTS}{before}export default defineConfig({{\n  {written},\n  {url},\n}});\n"
    others = {name.replace("_", "."): text for name, text in files.items()}
    return Form({"prisma.config.ts": text, **others}, is_usual=is_usual)


_LITERAL = _config('schema: "prisma/schema.prisma"').files["prisma.config.ts"]
_MIGRATIONS = 'const migrations = { path: "db/migrations" };\n'
_NO_PATH = "Give schema in prisma.config.ts a path"

MIGRATIONS = {
    "a string": _config('schema: "prisma/parts",\n  migrations: { path: "db/migrations" }'),
    "among others": _config(
        'schema: "prisma/parts",\n  migrations: { seed: "node x", path: "./db/migrations" }',
        is_usual=True,
    ),
    "join": _config('schema: "prisma/parts",\n  migrations: { path: join("db", "migrations") }'),
    "a constant": _config('schema: "prisma/parts",\n  migrations', _MIGRATIONS),
}

FORMS = {
    **{
        f"migrations: {name}": replace(form, migrations="db/migrations")
        for name, form in MIGRATIONS.items()
    },
    "a string": _config('schema: "./prisma/parts"', is_usual=True),
    "join": _config('schema: path.join("prisma", "parts")', is_usual=True),
    "__dirname": _config('schema: path.resolve(__dirname, "prisma/parts")'),
    "import.meta.dirname": _config('schema: join(import.meta.dirname, "prisma", "parts")'),
    "a URL": _config('schema: fileURLToPath(new URL("./prisma/parts", import.meta.url))'),
    "a template": _config("schema: `prisma/${parts}`", 'const parts = "parts";\n'),
    "two strings": _config('schema: "prisma" + "/parts"', is_usual=True),
    "one of two strings": _config('schema: "prisma/schema.prisma" && "prisma/parts"'),
    "an enum": _config("schema: Where.Parts", 'enum Where {\n  Parts = "prisma/parts",\n}\n'),
    "imported without an extension": _config(
        "schema: paths.schema",
        'import { paths } from "./paths";\n',
        paths_ts='export const paths = { schema: "prisma/parts" };\n',
    ),
    "a constant": _config("schema", 'const schema = "prisma/parts" as const;\n'),
    "a cast": _config('schema: <string>"prisma/parts"'),
    "env()": _config(
        'schema: env("WHERE")',
        'process.env["WHERE"] = "prisma/parts";\n',
    ),
    "spread over a string": _config(
        'schema: "prisma/schema.prisma",\n  ...base',
        'import { base } from "./base.ts";\n',
        is_usual=True,
        base_ts='export const base = { schema: "prisma/parts" };\n',
    ),
    "a computed key": _config('schema: "prisma/schema.prisma", ["schema"]: "prisma/parts"'),
    "a getter": _config('get schema() {\n    return "prisma/parts";\n  }'),
    "after comments": _config(
        '// schema: "prisma/schema.prisma",\n  schema: /* a folder */ "prisma/parts"'
    ),
    "between strings that look like comments": _config(
        'views: { path: "/* " },\n  schema: "prisma/parts",\n  typedSql: { path: " */" }'
    ),
    "satisfies": Form(
        {
            "prisma.config.ts": 'import type { PrismaConfig } from "prisma";\n\nexport default {\n'
            '  schema: "prisma/parts",\n} satisfies PrismaConfig;\n'
        }
    ),
    "a function": Form(
        {"prisma.config.ts": 'export default () => ({ schema: "prisma/parts" });\n'}, is_usual=True
    ),
    "a promise": Form(
        {"prisma.config.ts": 'export default (async () => ({ schema: "prisma/parts" }))();\n'}
    ),
    "relative to the file, and not to the working directory": Form(
        {
            "prisma.config.ts": 'process.chdir("prisma");\n'
            'export default { schema: "prisma/parts" };\n'
        }
    ),
    "chosen by a variable of .env": Form(
        {
            ".env": "DATABASE_URL=file:./app.db\n",
            "prisma.config.ts": 'import "dotenv/config";\n\nexport default {\n'
            '  schema: process.env.DATABASE_URL?.startsWith("file:") ? "prisma/parts" : "",\n};\n',
        }
    ),
    "exported by another file": Form(
        {
            "prisma.config.ts": 'export { default } from "./prisma/config";\n',
            "prisma/config.ts": 'export default { schema: "prisma/parts" };\n',
        }
    ),
    "assigned later": Form(
        {
            "prisma.config.ts": _LITERAL.replace("export default", "const config =")
            + 'config.schema = "prisma/parts";\nexport default config;\n'
        }
    ),
    "CommonJS": Form(
        {
            "prisma.config.cjs": 'const { defineConfig } = require("prisma/config");\n'
            'module.exports = defineConfig({ schema: "prisma/parts" });\n'
        }
    ),
    "prisma7.config.ts beside prisma.config.ts": Form(
        {
            "prisma7.config.ts": 'export default { schema: "prisma/parts" };\n',
            "prisma.config.ts": _LITERAL,
        }
    ),
    "JavaScript beside TypeScript": Form(
        {
            "prisma.config.js": 'export default { schema: "prisma/parts" };\n',
            "prisma.config.ts": _LITERAL,
        }
    ),
    "a folder for configurations": Form(
        {".config/prisma.config.ts": 'export default { schema: "../prisma/parts" };\n'}
    ),
    "an index file": Form(
        {"prisma.config/index.ts": 'export default { schema: "../prisma/parts" };\n'}
    ),
    "a function that Prisma ignores": Form(
        {"prisma.config.ts": f"{_IMPORTS}export default defineConfig(() => ({{ schema: 1 }}));\n"},
        _NO_PATH,
        is_usual=True,
    ),
    "a variable that is not set": Form(
        _config('schema: process.env["WHERE_NOT"]').files, refusal=_NO_PATH
    ),
    "env() of a variable that is not set": Form(
        _config('schema: env("WHERE_NOT")').files,
        refusal="Cannot resolve environment variable: WHERE_NOT",
    ),
    "an empty string": Form(_config('schema: ""').files, refusal=_NO_PATH),
    "no default export": Form(
        {"prisma.config.ts": 'export const schema = "prisma/parts";\n'},
        refusal="is unexpected, expected",
    ),
    "a number": Form(
        {"prisma.config.ts": "export default { schema: 1 };\n"},
        refusal="Expected string, actual 1",
        is_usual=True,
    ),
    "one that ends the process": Form(
        {"prisma.config.ts": "process.exit();\n"}, refusal="cannot be"
    ),
    "package.json alone": Form(
        {"package.json": '{ "type": "module", "prisma": { "schema": "prisma/parts" } }'},
        refusal="Prisma 7 does not read prisma.schema of package.json",
    ),
}
