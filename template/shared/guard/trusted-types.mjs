// @ts-check
/**
 * For `instrumentation-client.ts` of Next.js: the default policy of Trusted Types, under which a text
 * becomes a script only if it is the address of a chunk, and never becomes HTML.
 *
 * Next.js with Turbopack has no policy of its own: https://github.com/vercel/next.js/issues/32209
 */

/**
 * @typedef {(text: string) => string | null} Check
 * @typedef {{ createPolicy(name: string, checks: Record<string, Check>): void }} TrustedTypes
 */

const { trustedTypes } = /** @type {{ trustedTypes?: TrustedTypes }} */ (globalThis);

trustedTypes?.createPolicy("default", {
  createScriptURL: (url) => {
    const { href } = new URL(url, location.origin);
    return href.startsWith(`${location.origin}/_next/static/`) ? url : null;
  },
  // React evaluates stack traces in development.
  createScript: (code) => (process.env.NODE_ENV === "development" ? code : null),
});
