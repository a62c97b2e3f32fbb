// @ts-check
/** See settings.d.mts. */
import { isIP } from "node:net";
import { wrapped } from "./wrapping.mjs";

/** @typedef {import("./settings.d.mts").Settings} Settings */

// Only better-auth reads this variable: the project's own routes would refuse its origins.
const OWN_ORIGINS = "BETTER_AUTH_TRUSTED_ORIGINS";

// Login shells set MAIL to the mailbox of the Unix user, which would override MAIL of an env file.
if (process.env.MAIL?.startsWith("/")) delete process.env.MAIL;

/** See settings.d.mts.
 * @type {Map<string, string>} */
export const places = new Map();

/** The env files that Next.js has read, with their variables, in order of precedence.
 * @returns {[string, NodeJS.Dict<string>][]} */
function filesOfNext() {
  const root = process.getBuiltinModule("node:fs").existsSync("packages") ? "" : "../";
  const ofMode = `.env.${process.env.NODE_ENV}`;
  const files = [`${ofMode}.local`, ".env.local", ofMode, ".env"];
  return files.map((file) => [file, readEnvFile(root + file)]);
}

/** Where a variable is set; undefined if it is not. @param {string} key */
function placeOf(key) {
  const value = process.env[key];
  if (places.size > 0 || !value) return places.get(key);
  return filesOfNext().find(([, values]) => values[key] === value)?.[0] ?? "the environment";
}

/** A variable with the place where it is, or can be, set. @param {string} key */
const placed = (key) => `${key} ${placeOf(key) ? `of ${placeOf(key)}` : "in .env.local"}`;

/** See settings.d.mts. @param {string} content */
export function parsed(content) {
  const { parseEnv } = process.getBuiltinModule("node:util");
  // Where only blanks follow `=`, `parseEnv` takes the next line as the value.
  return parseEnv(content.replace(/=[ \t]+$/gm, "="));
}

/** See settings.d.mts. @param {string} file @returns {NodeJS.Dict<string>} */
export function readEnvFile(file) {
  // The build of Next.js would trace an import of node:fs to all files.
  const { existsSync, readFileSync } = process.getBuiltinModule("node:fs");
  try {
    return existsSync(file) ? parsed(readFileSync(file, "utf8")) : {};
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    console.error(wrapped(`Make ${file} a file that this user can read: ${message}.`));
    process.exit(1);
  }
}

/** Sets the variables that are missing or empty to those of a file. @param {NodeJS.Dict<string>} values */
export function complete(values) {
  for (const [key, value] of Object.entries(values)) process.env[key] ||= value ?? "";
}

/** See settings.d.mts. @param {string} key */
export const text = (key, otherwise = "") => process.env[key] || otherwise;

/** See settings.d.mts.
 * @template {string} Key @param {Record<string, readonly Key[]>} keys */
export function texts(keys) {
  const entries = Object.values(keys).flatMap((names) => names.map((key) => [key, text(key)]));
  return /** @type {Record<Key, string>} */ (Object.fromEntries(entries));
}

/** See settings.d.mts. @param {string} key */
export function list(key) {
  return text(key)
    .split(/[\s,]+/)
    .filter(Boolean);
}

/** An origin or a pattern of origins as browsers send it: in lower case, without the default port.
 * @param {string} origin */
const asSent = (origin) =>
  /^https?:/i.test(origin)
    ? origin.toLowerCase().replace(/(?<=^https:.*):443$|(?<=^http:.*):80$/, "")
    : origin;

/** See settings.d.mts. @param {string} url */
export const isLoopback = (url) =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(URL.parse(url)?.hostname ?? "");

/** See settings.d.mts.
 * @param {{ baseUrl?: string; buildUrl?: string }} [defaults] @returns {Settings} */
export function readSettings({ baseUrl, buildUrl } = {}) {
  // For Next.js, an empty value hides those of the files that follow.
  if (places.size === 0) for (const [, values] of filesOfNext()) complete(values);
  const port = Number(/^\s*(\d+)\s*$/.exec(text("PORT", "3000"))?.[1]);
  const url = text("BETTER_AUTH_URL", baseUrl ?? `http://localhost:${port < 65536 ? port : 3000}`);
  const environment = text("BETTER_AUTH_ENV", isLoopback(url) ? "development" : "production");
  const isBuild = process.env.NEXT_PHASE === "phase-production-build";
  return {
    DATABASE_URL: text("DATABASE_URL", isBuild ? buildUrl : ""),
    BETTER_AUTH_SECRET: text("BETTER_AUTH_SECRET", isBuild ? crypto.randomUUID() : ""),
    BETTER_AUTH_SECRETS: list("BETTER_AUTH_SECRETS"),
    BETTER_AUTH_URL: url,
    BETTER_AUTH_ENV: environment,
    TRUSTED_ORIGINS: list("TRUSTED_ORIGINS").map(asSent),
    TRUSTED_PROXIES: list("TRUSTED_PROXIES"),
    PORT: port,
    isProduction: environment !== "development",
  };
}

/** See settings.d.mts.
 * @param {Pick<Settings, "BETTER_AUTH_URL" | "TRUSTED_ORIGINS" | "isProduction">} settings */
export function originsOf({ BETTER_AUTH_URL, TRUSTED_ORIGINS, isProduction }) {
  if (isProduction) return [...TRUSTED_ORIGINS];
  const { protocol = "http:", port = "" } = URL.parse(BETTER_AUTH_URL) ?? {};
  const names = ["localhost", "127.0.0.1"].map((name) => `${protocol}//${name}`);
  return [...TRUSTED_ORIGINS, ...names.map((name) => (port ? `${name}:${port}` : name))];
}

/** See settings.d.mts.
 * @param {Pick<Settings, "BETTER_AUTH_SECRET" | "BETTER_AUTH_SECRETS">} settings */
export function signingSecret({ BETTER_AUTH_SECRET, BETTER_AUTH_SECRETS: [first] }) {
  return first ? first.replace(/^\d+:/, "") : BETTER_AUTH_SECRET;
}

// Words of better-auth's default, and of what examples have in its place.
const published =
  /secret|passw|example|placeholder|random|generate|openssl|qwerty|(change|replace).?(me|this|it)/i;

/** Whether a secret is short, has few different characters, repeats or counts, or is published.
 * @param {string} secret */
function isWeak(secret) {
  const parts = Array.from(secret.slice(2), (_, at) => secret.slice(at, at + 3).toLowerCase());
  const isRepeated = new Set(parts).size < parts.length * 0.75;
  const isPublished = published.test(secret);
  const codes = Array.from(secret, (character) => character.charCodeAt(0));
  const counted = codes.filter((code, at) => Math.abs(code - (codes[at - 1] ?? 0)) === 1);
  const isCounted = counted.length > codes.length / 2;
  return secret.length < 32 || new Set(secret).size < 8 || isRepeated || isPublished || isCounted;
}

/** See settings.d.mts. @param {readonly string[]} ids */
export function reportProvidersOff(ids) {
  if (ids.length > 0)
    console.info(wrapped(`Social providers without keys are off: ${ids.join(", ")}`));
}

/** See settings.d.mts.
 * @param {Record<string, unknown>} settings @param {Record<string, readonly string[]>} keys */
export function providersOff(settings, keys) {
  const isOff = (/** @type {readonly string[]} */ needed) => needed.every((key) => !settings[key]);
  return Object.keys(keys).filter((id) => isOff(keys[id] ?? []));
}

/** See settings.d.mts.
 * @param {Settings} settings
 * @param {import("./settings.d.mts").Checks<string>} checks */
export function settingsProblems(settings, checks) {
  const { setup, databaseUrlProblem, more = [], socialKeys = {}, pluginKeys = {} } = checks;
  const values = /** @type {Record<string, unknown>} */ ({ ...settings });
  /** @type {string[]} */
  const found = [];
  /** @param {string} key @param {string} what */
  const wrong = (key, what) => {
    const where = placeOf(key) ? placed(key) : key;
    found.push(`${where}${where.includes(", ") ? "," : ""} ${what}`);
  };

  if (!settings.DATABASE_URL) wrong("DATABASE_URL", `is not set. Run: ${setup}`);
  else {
    const problem = databaseUrlProblem(settings.DATABASE_URL);
    if (problem) wrong("DATABASE_URL", `cannot be used. ${problem}`);
  }
  const secret = signingSecret(settings);
  if (!secret) wrong("BETTER_AUTH_SECRET", `is not set. Run: ${setup}`);
  if (!settings.BETTER_AUTH_SECRETS.every((entry) => /^\d+:./.test(entry))) {
    wrong("BETTER_AUTH_SECRETS", "is not of the form 2:new-secret,1:old-secret");
  }
  if (!/^(development|production)$/.test(settings.BETTER_AUTH_ENV)) {
    wrong("BETTER_AUTH_ENV", "is neither development nor production");
  }
  if (!(Number.isInteger(settings.PORT) && settings.PORT >= 0 && settings.PORT < 65536)) {
    wrong("PORT", "is not a number from 0 to 65535");
  }
  const url = URL.parse(settings.BETTER_AUTH_URL);
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/") {
    wrong("BETTER_AUTH_URL", `is not an http or https origin: ${settings.BETTER_AUTH_URL}`);
  }
  const withPath = settings.TRUSTED_ORIGINS.find((origin) => /^https?:\/\/.*\//.test(origin));
  if (withPath) wrong("TRUSTED_ORIGINS", `has an origin with a path; leave it out: ${withPath}`);
  if (text(OWN_ORIGINS)) {
    found.push(
      `Use TRUSTED_ORIGINS instead of ${placed(OWN_ORIGINS)}: better-auth alone reads it.`,
    );
  }
  const proxy = settings.TRUSTED_PROXIES.find((entry) => !isIP(entry.replace(/\/\d+$/, "")));
  if (proxy) wrong("TRUSTED_PROXIES", `has an entry that is not an address or network: ${proxy}`);
  for (const keys of Object.values(socialKeys)) {
    const given = keys.find((key) => values[key]);
    if (!given) continue;
    for (const key of keys.filter((key) => !values[key]))
      found.push(`Set ${key} as well as ${placed(given)}, or neither.`);
  }
  for (const [key, what] of more) wrong(key, what);
  for (const key of Object.keys(pluginKeys)) {
    const value = values[key];
    if (value && key.endsWith("_URL") && !/^https?:$/.test(URL.parse(`${value}`)?.protocol ?? "")) {
      wrong(key, `is not an http or https address: ${value}`);
    }
  }
  if (!settings.isProduction) return found;

  // Older secrets only decrypt.
  if (secret && isWeak(secret)) {
    const key = settings.BETTER_AUTH_SECRETS[0] ? "BETTER_AUTH_SECRETS" : "BETTER_AUTH_SECRET";
    wrong(key, "is too weak for production. Make one with: npx auth secret");
  }
  if (url?.protocol === "http:") {
    wrong("BETTER_AUTH_URL", `must be https in production: ${settings.BETTER_AUTH_URL}`);
  }
  for (const [key, meaning] of Object.entries(pluginKeys)) {
    if (!values[key]) found.push(`${key} is not set: ${meaning}`);
  }
  return found;
}

/** See settings.d.mts.
 * @param {Settings} settings
 * @param {import("./settings.d.mts").Checks<string>} checks */
export function checkSettings(settings, checks) {
  const found = settingsProblems(settings, checks);
  if (found.length === 0) return;
  for (const problem of found) console.error(wrapped(problem));
  process.exit(1);
}

/** See settings.d.mts. @param {NodeJS.ErrnoException} error */
export function listeningProblem({ code, message }) {
  return code === "EADDRINUSE"
    ? `Port ${text("PORT", "3000")} is in use. Set ${placed("PORT")} to another one.`
    : wrapped(`Correct ${placed("HOST")}, or ${placed("PORT")}: ${message}`);
}
