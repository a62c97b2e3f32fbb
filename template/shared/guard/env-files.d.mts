/**
 * Sets the variables that `.env.local` and `.env` of the working directory have, unless the environment
 * or the file before has a non-empty value.
 */
export function loadEnvFiles(): void;

/**
 * Loads these files, and gives the URL for Prisma's CLI: DIRECT_URL, which bypasses a pooler, or else
 * DATABASE_URL; empty if neither is set.
 *
 * DIRECT_URL is ignored if DATABASE_URL comes from a source that precedes its own: it belongs to
 * another database.
 */
export function prismaUrl(): string;
