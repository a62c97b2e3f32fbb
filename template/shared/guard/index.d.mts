/** A table of better-auth; `fieldName` is the name of a field in the Prisma schema. */
export type Table = { fields: Record<string, { type: unknown; fieldName?: string }> };

/** What better-auth's `betterAuth()` gives, as far as it is used here. */
export type Auth = {
  handler: (request: Request) => Promise<Response>;
  api: {
    getSession: (request: {
      headers: Headers;
      query: { disableRefresh: boolean };
    }) => Promise<unknown>;
  };
  $context: Promise<{
    isTrustedOrigin: (url: string) => boolean;
    tables: Record<string, Table>;
    password: {
      hash: (password: string) => Promise<string>;
      verify: (compared: { hash: string; password: string }) => Promise<boolean>;
    };
  }>;
};

/** The largest body that is accepted, in bytes. */
export const maxBody: number;

/** The time within which a body has to arrive, in milliseconds. */
export const bodyTimeout: number;

/**
 * Wraps `auth.handler`: refuses with 4xx what better-auth or its database would fail at with 500,
 * responds with 500 instead of 400, 401, 403 and 404 while sessions cannot be read, and makes
 * refused sign-ins with a password take the same time whether or not there is such a user.
 *
 * @param auth what `betterAuth()` gives
 * @param addressHeader a header that `addClientAddresses` adds; requests without it are refused with
 *   500, because rate limits could be evaded
 * @returns a handler of requests below better-auth's base path
 */
export function guard(auth: Auth, addressHeader?: string): (request: Request) => Promise<Response>;

/**
 * CSRF protection for routes other than better-auth's, which has its own.
 *
 * @param isTrusted whether a page may write: `isTrustedOrigin` of better-auth's context, or `trustedBy`
 * @returns a function that responds with 403 to writes from pages of other origins, and to those with
 *   cookies but without an origin, and with undefined to all other requests
 */
export function originCheck(
  isTrusted: (url: string) => boolean | Promise<boolean>,
): (request: Request) => Promise<Response | undefined>;

/**
 * CORS: allows pages of trusted origins to read responses and to send cookies.
 *
 * @param isTrusted whether a page may do so: `isTrustedOrigin` of better-auth's context, or `trustedBy`
 * @returns a function that answers a preflight request itself, and adds headers to the response to any
 *   other one
 */
export function cors(
  isTrusted: (url: string) => boolean | Promise<boolean>,
): (request: Request, respond: () => Response | Promise<Response>) => Promise<Response>;

/**
 * The handlers of Next.js's route `api/auth/[...all]`: `guard`, and `cors` for the origins that better-auth
 * trusts.
 *
 * @param auth what `betterAuth()` gives
 * @param addressHeader as in `guard`
 */
export function routeHandlers(
  auth: Auth,
  addressHeader: string,
): Record<
  "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS",
  (request: Request) => Promise<Response>
>;

/**
 * Returns a function that decides whether the origin of an http or https URL matches one of these
 * patterns, such as `https://*.example.com`, as better-auth does for `trustedOrigins`. For code
 * that must not load `auth.ts`, such as Next.js's proxy.
 */
export function trustedBy(patterns: readonly string[]): (url: string) => boolean;
