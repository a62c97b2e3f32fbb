// @ts-check
/**
 * For `next.config.ts`: `next dev` asks the npm registry for newer versions of Next.js and for
 * advisories, the first without a setting to turn it off (`getVersionInfo` of
 * next/dist/server/dev/hot-reloader-shared-utils.js and next/dist/lib/upgrade/prepare-upgrade.js). Here
 * these requests fail, as they do offline.
 *
 * When code changes, Next.js restores the `fetch` that it found after it had read its configuration.
 */

const registry = "https://registry.npmjs.org/-";
const refused = [
  `${registry}/package/next/dist-tags`,
  `${registry}/npm/v1/security/advisories/bulk`,
];
const { fetch } = globalThis;

if (process.env.NODE_ENV === "development") {
  /** @type {typeof fetch} */
  globalThis.fetch = async (input, init) =>
    refused.includes(String(input)) ? Response.error() : fetch(input, init);
}
