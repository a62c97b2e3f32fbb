/** The public functions, which work on the project in the current folder. */
export { start as startDatabase } from "./embedded-postgres.ts";
export { generate } from "./generate.ts";
export { Problem } from "./report.ts";
export { testDatabase } from "./test-database.ts";
