// @ts-check
/** Serves a configuration without its framework, for tests.
 *
 * Usage: node serve.mjs AUTH_TS PORT */
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { toNodeHandler } from "better-auth/node";
import { internalRoutes } from "./internal.mjs";

const [, , file = "", port] = process.argv;
const { auth } = await import(pathToFileURL(file).href);
const { secret } = await auth.$context;
const internal = internalRoutes(auth, secret, false);
const handler = toNodeHandler((request) =>
  new URL(request.url).pathname.startsWith("/internal/")
    ? internal(request)
    : auth.handler(request),
);
createServer(handler).listen(Number(port), "127.0.0.1");
// Ends with the tests, even if they are killed.
process.stdin.on("close", () => process.exit()).resume();
