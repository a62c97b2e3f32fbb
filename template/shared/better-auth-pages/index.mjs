// @ts-check
/** Serves a folder of pages, and better-auth's browser client beside them. */
import { readFile } from "node:fs/promises";
import { Hono } from "hono";
import { compress } from "hono/compress";
import { etag } from "hono/etag";
import { getMimeType } from "hono/utils/mime";

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
};

/** A file without a path that is not hidden, of a kind that pages use. */
const served = /^[\w-]+(\.[\w-]+)*\.(css|html|ico|jpg|js|png|svg|webp|woff2)$/;
/** Files that come from this package if the folder of pages lacks them. */
const scripts = ["client.js", "devices.js", "failures.js", "forms.js"];

/** @param {URL} folder @param {import("./index.mjs").Auth} auth @returns {import("./index.mjs").Handler} */
export function pages(folder, auth) {
  /** @param {string} html */
  async function withoutButtonsOfOthers(html) {
    const { socialProviders } = await auth.$context;
    const on = new Set(socialProviders.map(({ id }) => id));
    return html.replace(/\bdata-provider="([^"]*)"/g, (text, id) =>
      on.has(id) ? text : `${text} hidden`,
    );
  }

  /** @param {string} file */
  async function read(file) {
    for (const place of scripts.includes(file) ? [folder, import.meta.url] : [folder]) {
      const content = await readFile(new URL(file, place)).catch(() => undefined);
      if (content) return content;
    }
    return undefined;
  }

  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
  });
  app.use(compress(), etag());
  app.get("*", async (c) => {
    // Only the last segment of the path names the file, so that a path cannot leave the folder.
    const name = c.req.path.split("/").at(-1) ?? "";
    const file = name.includes(".") ? name : `${name}.html`;
    const content = served.test(file) ? await read(file) : undefined;
    if (!content) return c.notFound();
    const body = file.endsWith(".html") ? await withoutButtonsOfOthers(`${content}`) : content;
    return c.body(body, 200, { "content-type": getMimeType(file) ?? "" });
  });
  return async ({ req: { raw } }) => app.fetch(raw);
}
