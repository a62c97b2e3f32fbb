/** The request header that tells better-auth who calls. Only `withClientAddress` sets it. */
export const clientAddressHeader = "x-client-address";

/**
 * A copy of the request that names the caller's address, whatever the caller wrote there.
 *
 * Behind proxies that you trust, it names the whole chain (`X-Forwarded-For`, then the socket), of
 * which better-auth takes the last address that is no trusted proxy. `X-Forwarded-For` counts for
 * nothing otherwise.
 */
export function withClientAddress(
  request: Request,
  socketAddress: string | undefined,
  trustedProxies: readonly string[],
): Request {
  const forwarded = trustedProxies.length > 0 ? request.headers.get("x-forwarded-for") : null;
  const chain = [forwarded, socketAddress].filter(Boolean).join(", ");
  const headers = new Headers(request.headers);
  headers.delete(clientAddressHeader);
  if (chain) headers.set(clientAddressHeader, chain);
  return new Request(request, { headers });
}
