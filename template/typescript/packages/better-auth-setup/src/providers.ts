/** A provider, with Prisma's name. */
export type Provider = "postgresql" | "sqlite" | "mysql" | "cockroachdb" | "sqlserver";

/** A provider: its name, the schemes of its URLs, and its default port. */
type Knowledge = { label: string; schemes: string[]; port: number };

const postgres = ["postgresql", "postgres"];

export const providers: Record<Provider, Knowledge> = {
  postgresql: { label: "PostgreSQL", schemes: postgres, port: 5432 },
  sqlite: { label: "SQLite", schemes: ["file"], port: 0 },
  mysql: { label: "MySQL", schemes: ["mysql"], port: 3306 },
  cockroachdb: { label: "CockroachDB", schemes: postgres, port: 26257 },
  sqlserver: { label: "SQL Server", schemes: ["sqlserver"], port: 1433 },
};
