/** A kind of database, in Prisma's own names. */
export type Provider = "postgresql" | "sqlite" | "mysql" | "cockroachdb" | "sqlserver";

/** What setup has to know of one; `example` stands where an empty DATABASE_URL means nothing. */
type Knowledge = { label: string; schemes: string[]; port: number; example?: string };

const postgres = ["postgresql", "postgres"];

export const providers: Record<Provider, Knowledge> = {
  postgresql: { label: "PostgreSQL", schemes: postgres, port: 5432 },
  sqlite: { label: "SQLite", schemes: ["file"], port: 0 },
  mysql: {
    label: "MySQL",
    schemes: ["mysql"],
    port: 3306,
    example: "mysql://user:password@localhost:3306/app",
  },
  cockroachdb: {
    label: "CockroachDB",
    schemes: postgres,
    port: 26257,
    example: "postgresql://user:password@localhost:26257/app",
  },
  sqlserver: {
    label: "SQL Server",
    schemes: ["sqlserver"],
    port: 1433,
    example: "sqlserver://localhost:1433;database=app;user=sa;password=secret",
  },
};
