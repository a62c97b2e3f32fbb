/** The request header that carries the client's address to better-auth. */
export interface Header {
  name: string;
  /** The proxies whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
}

/**
 * A name for the header, derived from the secret: no client can send it, wherever `auth.handler` is
 * mounted.
 */
export function addressHeader(secret: string): string;

/**
 * A copy of the request with the client's address; the request itself if it has one already.
 *
 * The address is the socket's. With trusted proxies, it is the chain of `X-Forwarded-For` and the
 * socket, of which better-auth takes the last address that is not a trusted proxy.
 */
export function withClientAddress(
  request: Request,
  socketAddress: string | undefined,
  header: Header,
): Request;

/**
 * Adds the same header to the requests of every HTTP server of this process.
 *
 * For Next.js: it gives routes only `X-Forwarded-For`, which callers can forge, and has no option for
 * the address of the connection.
 */
export function addClientAddresses(header: Header): void;
