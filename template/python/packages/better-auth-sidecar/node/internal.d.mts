/** The part of `betterAuth({…})` that is used here; the methods of `api` depend on the plugins. */
export interface Auth {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  api: any;
  $context: Promise<unknown>;
}

/**
 * The routes below `/internal`, for the Python application alone.
 *
 * A request needs the header `x-internal-key` with hex(HMAC-SHA256(secret, "internal")); any other
 * gets 404, as if there were no such routes.
 *
 * @param auth the result of `betterAuth({…})`
 * @param secret BETTER_AUTH_SECRET
 * @param isProduction if false, there are also routes that create sessions for tests
 * @param more further routes, such as "POST outbox"
 * @returns the request handler, to be mounted at `/internal/*`
 */
export function internalRoutes(
  auth: Auth,
  secret: string,
  isProduction?: boolean,
  more?: Record<string, (auth: Auth, request: Request) => Promise<Response>>,
): (request: Request) => Promise<Response>;
