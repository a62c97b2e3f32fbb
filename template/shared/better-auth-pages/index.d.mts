/** A handler for Hono; the part of its context that is used here. */
export type Handler = (context: { req: { raw: Request } }) => Promise<Response>;

/**
 * Serves a folder of pages: `sign-in.html` at `…/sign-in`, any other file under its own name, and
 * better-auth's browser client with all its plugins as `…/client.js`.
 *
 * Responses are compressed, with an ETag and a strict Content-Security-Policy with Trusted Types.
 *
 * @param folder the folder of the files, without subfolders
 * @returns a handler for Hono, to be mounted at a prefix: `app.get("/auth/*", pages(…))`
 */
export function pages(folder: URL): Handler;
