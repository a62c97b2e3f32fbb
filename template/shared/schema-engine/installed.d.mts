/**
 * Names this engine to Prisma's CLI, if setup has installed it and the environment names no other.
 *
 * @param url the database's URL
 * @returns the URL for Prisma's configuration. Its password is replaced by the name of an environment
 *   variable if the CLI would pass it to this engine as an argument, which other users can read.
 */
export function useInstalledEngine(url: string): string;
