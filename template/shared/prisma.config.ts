import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { loadEnvFile } from "node:process";
import { defineConfig } from "prisma/config";

// The first file that names a variable wins; the environment goes before both.
for (const file of [".env.local", ".env"]) {
  if (existsSync(file)) loadEnvFile(file);
}

// Setup installs this engine where Prisma's own cannot be downloaded.
const engine = resolve("prisma/schema-engine");
if (existsSync(`${engine}/node_modules/.package-lock.json`)) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= `${engine}/index.mjs`;
}

export default defineConfig({
  schema: "prisma/schema.prisma",
  datasource: { url: process.env.DATABASE_URL ?? "" },
});
