import { existsSync } from "node:fs";
import { loadEnvFile } from "node:process";
import { defineConfig } from "prisma/config";

// Prisma reads no env files by itself. What is in the environment already goes before both.
for (const file of [".env.local", ".env"]) {
  if (existsSync(file)) loadEnvFile(file);
}

export default defineConfig({
  schema: "prisma/schema.prisma",
  // Prisma's own env() would fail where there is no database, as in `prisma generate` on CI.
  datasource: { url: process.env.DATABASE_URL ?? "" },
});
