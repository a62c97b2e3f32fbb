/** A handler for Hono, as far as it is used here. */
export type Handler = (context: { req: { raw: Request } }) => Promise<Response>;

/**
 * Serves a folder of pages: `sign-in.html` at `…/sign-in`, any other file under its own name, and
 * better-auth's browser client with all its plugins as `…/client.js`.
 *
 * Answers carry a strict Content-Security-Policy with Trusted Types, an ETag, and are compressed.
 *
 * @param folder where the files are; it has no folders of its own
 * @returns a handler for Hono, to be mounted at a prefix: `app.get("/auth/*", pages(…))`
 */
export function pages(folder: URL): Handler;
