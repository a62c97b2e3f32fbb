import { toNextJsHandler } from "better-auth/next-js";
import { auth } from "../../../../lib/auth.ts";
import { clientAddressHeader } from "../../../../lib/client-address.ts";

const maxBody = 1024 * 1024;

export const { GET, POST, PATCH, PUT, DELETE } = toNextJsHandler(async (request) => {
  // Without the caller's address, rate limits could be evaded; instrumentation.ts sets it.
  if (!request.headers.has(clientAddressHeader)) {
    return Response.json({ message: "The server is not instrumented." }, { status: 500 });
  }
  const length = request.headers.get("content-length");
  if (request.body && length === null) return new Response(null, { status: 411 });
  if (Number(length) > maxBody) return new Response(null, { status: 413 });
  // PostgreSQL's texts hold no NUL: a query with one would fail.
  const body = request.body ? await request.clone().text() : "";
  const isJson = request.headers.get("content-type")?.includes("json");
  const hasNul =
    (isJson ? /(?<!\\)(\\\\)*\\u0000/ : /%00/).test(body) || request.url.includes("%00");
  if (hasNul)
    return Response.json({ message: "NUL characters are not accepted." }, { status: 400 });
  return auth.handler(request);
});
