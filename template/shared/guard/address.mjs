// @ts-check
/** See address.d.mts. */
import { createHmac } from "node:crypto";
import { Server } from "node:http";

/** See address.d.mts. @param {string} secret */
export function addressHeader(secret) {
  const digest = createHmac("sha256", secret).update("client-address").digest("hex");
  return `x-client-address-${digest.slice(0, 32)}`;
}

/** The socket's address; with trusted proxies, the chain of X-Forwarded-For and the socket.
 * @param {string | undefined} socketAddress
 * @param {string | null | undefined} forwarded
 * @param {readonly string[]} trustedProxies */
function addresses(socketAddress, forwarded, trustedProxies) {
  const chain = [trustedProxies.length > 0 && forwarded, socketAddress];
  return chain.filter(Boolean).join(", ");
}

/** See address.d.mts.
 * @param {Request} request @param {string | undefined} socketAddress
 * @param {import("./address.d.mts").Header} header */
export function withClientAddress(request, socketAddress, { name, trustedProxies }) {
  if (request.headers.has(name)) return request;
  const headers = new Headers(request.headers);
  const chain = addresses(socketAddress, headers.get("x-forwarded-for"), trustedProxies);
  if (chain) headers.set(name, chain);
  return new Request(request, { headers });
}

/** See address.d.mts. @param {import("./address.d.mts").Header} header */
export function addClientAddresses({ name, trustedProxies }) {
  const emit = /** @type {(event: string, ...values: unknown[]) => boolean} */ (
    Server.prototype.emit
  );
  /** @this {Server} @param {string} event @param {unknown[]} values */
  Server.prototype.emit = function (event, ...values) {
    if (event === "request") {
      const { headers, socket } = /** @type {import("node:http").IncomingMessage} */ (values[0]);
      const forwarded = headers["x-forwarded-for"];
      headers[name] = addresses(
        socket.remoteAddress,
        Array.isArray(forwarded) ? forwarded.join(", ") : forwarded,
        trustedProxies,
      );
    }
    return emit.call(this, event, ...values);
  };
}
