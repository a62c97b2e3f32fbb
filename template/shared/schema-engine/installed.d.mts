/** Names this engine to Prisma's CLI, if setup has installed it and the environment names no other. */
export function useInstalledEngine(): void;
