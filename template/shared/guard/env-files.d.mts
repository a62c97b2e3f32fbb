/**
 * Sets the variables that `.env.local` and `.env` of the working directory have, unless the environment
 * or the file before has a non-empty value.
 */
export function loadEnvFiles(): void;
