// @ts-check
/** Serves a folder of pages, and better-auth's browser client beside them. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** @type {Record<string, string>} */
const types = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
  webp: "image/webp",
  woff2: "font/woff2",
};
const compressible = new Set(["css", "html", "js", "svg"]);

/** No other origins, nothing inline, and no strings that become HTML or scripts. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const headers = {
  "content-security-policy": policy,
  // The URL of a mail's link contains a token.
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // Revalidated on each use, by ETag.
  "cache-control": "no-cache",
  vary: "accept-encoding",
};

/**
 * @typedef {object} Entry
 * @property {number} changed
 * @property {string} etag
 * @property {Record<string, Uint8Array<ArrayBuffer>>} bodies
 */

const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 };
const encodings = {
  br: (/** @type {Uint8Array} */ body) => promisify(brotliCompress)(body, { params: quality }),
  gzip: (/** @type {Uint8Array} */ body) => promisify(gzip)(body),
};

/** @param {string} accepted @returns {"br" | "gzip" | undefined} */
function encodingOf(accepted) {
  const names = accepted
    .split(",")
    .filter((entry) => !/;\s*q=0(\.0*)?\s*$/.test(entry))
    .map((entry) => entry.split(";")[0]?.trim());
  return names.includes("br") ? "br" : names.includes("gzip") ? "gzip" : undefined;
}

/** Files that come from this package if the folder of pages lacks them. */
const scripts = ["client.js", "devices.js", "failures.js", "forms.js"];
const notFound = () => new Response("404 Not Found", { status: 404, headers });

/** @param {URL} folder @param {import("./index.mjs").Auth} auth @returns {import("./index.mjs").Handler} */
export function pages(folder, auth) {
  /** @type {Map<string, Entry>} */
  const cache = new Map();

  /** @param {string} html */
  async function withoutButtonsOfOthers(html) {
    const { socialProviders } = await auth.$context;
    const on = new Set(socialProviders.map(({ id }) => id));
    return html.replace(/\bdata-provider="([^"]*)"/g, (text, id) =>
      on.has(id) ? text : `${text} hidden`,
    );
  }

  /** @param {string} file @returns {Promise<Entry | undefined>} */
  async function read(file) {
    const { mtimeMs: changed } = await stat(file).catch(() => ({ mtimeMs: undefined }));
    if (changed === undefined) return undefined;
    const known = cache.get(file);
    if (known?.changed === changed) return known;
    const content = await readFile(file);
    const identity = new Uint8Array(
      file.endsWith(".html")
        ? Buffer.from(await withoutButtonsOfOthers(content.toString()))
        : content,
    );
    const etag = createHash("sha256").update(identity).digest("base64url").slice(0, 20);
    const entry = { changed, etag, bodies: { identity } };
    cache.set(file, entry);
    return entry;
  }

  return async function answer({ req: { raw: request } }) {
    const { pathname } = new URL(request.url);
    // Only the last segment of the path names the file, so that a path cannot leave the folder.
    const name = pathname.split("/").at(-1) ?? "";
    if (!/^[\w-]+(\.[\w-]+)*$/.test(name)) return notFound();
    const file = name.includes(".") ? name : `${name}.html`;
    const type = file.split(".").at(-1) ?? "";
    const contentType = Object.hasOwn(types, type) && types[type];
    if (!contentType) return notFound();
    const own = await read(fileURLToPath(new URL(file, folder)));
    const entry =
      own ??
      (scripts.includes(file)
        ? await read(fileURLToPath(new URL(file, import.meta.url)))
        : undefined);
    if (!entry) return notFound();

    const accepted = request.headers.get("accept-encoding") ?? "";
    const encoding = compressible.has(type) ? encodingOf(accepted) : undefined;
    const etag = `"${entry.etag}${encoding ? `-${encoding}` : ""}"`;
    const more = { ...headers, etag, "content-type": contentType };
    const asked = request.headers.get("if-none-match") ?? "";
    if (asked.split(/\s*,\s*/).some((tag) => tag.replace(/^W\//, "") === etag)) {
      return new Response(null, { status: 304, headers: more });
    }
    const { bodies } = entry;
    if (encoding && bodies.identity) {
      bodies[encoding] ??= new Uint8Array(await encodings[encoding](bodies.identity));
    }
    return new Response(bodies[encoding ?? "identity"], {
      headers: encoding ? { ...more, "content-encoding": encoding } : more,
    });
  };
}
