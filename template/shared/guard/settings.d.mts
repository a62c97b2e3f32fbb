/** The settings that every auth server has; the names are those of environment variables. */
export interface Settings {
  DATABASE_URL: string;
  BETTER_AUTH_SECRET: string;
  /** Such as `2:new-secret`; the first signs. */
  BETTER_AUTH_SECRETS: string[];
  BETTER_AUTH_URL: string;
  BETTER_AUTH_ENV: string;
  TRUSTED_ORIGINS: string[];
  TRUSTED_PROXIES: string[];
  PORT: number;
  /** BETTER_AUTH_ENV if it is set; otherwise whether BETTER_AUTH_URL is not loopback. */
  isProduction: boolean;
}

export interface Checks<Key extends string> {
  /** The command that completes the settings. */
  setup: string;
  /** What is wrong with a URL; empty or undefined if nothing is. */
  databaseUrlProblem: (url: string) => string | undefined;
  /** Further problems: a setting's name, and the rest of a sentence. */
  more?: [Key, string][];
  /** The settings that each social provider needs: all of them, or none. */
  socialKeys?: Record<string, readonly Key[]>;
  /** The settings that plugins need in production, with their meaning. */
  pluginKeys?: Partial<Record<Key, string>>;
}

/**
 * The file, or the environment, that each variable's value is from, and what it overrides;
 * `loadEnvFiles` fills it.
 */
export const places: Map<string, string>;

/** The variables of an env file's text. */
export function parsed(content: string): NodeJS.Dict<string>;

/**
 * The variables of an env file; none if it does not exist. If it cannot be read, the process ends with a
 * sentence.
 */
export function readEnvFile(file: string): NodeJS.Dict<string>;

/** Sets the environment variables that are missing or empty. */
export function complete(values: NodeJS.Dict<string>): void;

/** The value of an environment variable, or else the second argument. */
export function text(key: string, otherwise?: string): string;

/** The values of environment variables, by groups of their names; empty if they are not set. */
export function texts<Key extends string>(
  keys: Record<string, readonly Key[]>,
): Record<Key, string>;

/** The entries of an environment variable, separated by commas or spaces. */
export function list(key: string): string[];

/**
 * Reads these settings from the environment.
 *
 * @param defaults `baseUrl`: BETTER_AUTH_URL; if omitted, localhost with the port. `buildUrl`:
 *   DATABASE_URL during `next build`, which only loads the configuration and needs no settings
 */
export function readSettings(defaults?: { baseUrl?: string; buildUrl?: string }): Settings;

/** Whether a URL is one of this machine. */
export function isLoopback(url: string): boolean;

/** TRUSTED_ORIGINS; in development also localhost and 127.0.0.1 with the port of BETTER_AUTH_URL. */
export function originsOf(
  settings: Pick<Settings, "BETTER_AUTH_URL" | "TRUSTED_ORIGINS" | "isProduction">,
): string[];

/** The first of BETTER_AUTH_SECRETS, or else BETTER_AUTH_SECRET. */
export function signingSecret(
  settings: Pick<Settings, "BETTER_AUTH_SECRET" | "BETTER_AUTH_SECRETS">,
): string;

/** The social providers of which no setting is set. */
export function providersOff<S>(
  settings: S,
  keys: Record<string, readonly (keyof S & string)[]>,
): string[];

/** Writes these social providers to stdout as off, unless there are none. */
export function reportProvidersOff(ids: readonly string[]): void;

/** Why a server cannot listen on HOST and PORT: a sentence with the setting to change. */
export function listeningProblem(error: NodeJS.ErrnoException): string;

/** Problems of the settings, a sentence each, without secrets; empty if the server may start. */
export function settingsProblems<S extends Settings>(
  settings: S,
  checks: Checks<keyof S & string>,
): string[];

/** Ends the process if there are such problems, and writes them to stderr. */
export function checkSettings<S extends Settings>(
  settings: S,
  checks: Checks<keyof S & string>,
): void;
