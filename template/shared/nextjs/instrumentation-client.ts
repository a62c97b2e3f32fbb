type Check = (text: string) => string | null;
type TrustedTypes = { createPolicy(name: "default", checks: Record<string, Check>): void };

const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
const chunks = `${location.origin}/_next/static/`;

/** The only strings that become code: proxy.ts requires Trusted Types. No string becomes HTML. */
trustedTypes?.createPolicy("default", {
  createScriptURL: (url) => (new URL(url, location.origin).href.startsWith(chunks) ? url : null),
  // React evaluates stack traces in development.
  createScript: (code) => (process.env.NODE_ENV === "development" ? code : null),
});
