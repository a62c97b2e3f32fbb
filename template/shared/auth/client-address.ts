import { createHmac } from "node:crypto";
import { secret } from "./env.ts";

const digest = createHmac("sha256", secret).update("client-address").digest("hex");

/**
 * The request header that tells better-auth the caller's address. Its name follows from the secret,
 * so that no caller can send it, wherever `auth.handler` is mounted.
 */
export const clientAddressHeader = `x-client-address-${digest.slice(0, 32)}`;

/**
 * A copy of the request that names the caller's address; as it is if it names one already.
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
  if (request.headers.has(clientAddressHeader)) return request;
  const forwarded = trustedProxies.length > 0 ? request.headers.get("x-forwarded-for") : null;
  const chain = [forwarded, socketAddress].filter(Boolean).join(", ");
  const headers = new Headers(request.headers);
  if (chain) headers.set(clientAddressHeader, chain);
  return new Request(request, { headers });
}
