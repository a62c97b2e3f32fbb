/** A handler for Hono; the part of its context that is used here. */
export type Handler = (context: { req: { raw: Request } }) => Promise<Response>;

/** What better-auth's `betterAuth()` gives, as far as it is used here. */
export type Auth = { $context: Promise<{ socialProviders: { id: string }[] }> };

/**
 * Serves a folder of pages: `sign-in.html` at `…/sign-in`, any other file under its own name,
 * better-auth's browser client with all its plugins as `…/client.js`, and `…/forms.js`.
 *
 * Responses are compressed, with an ETag and a strict Content-Security-Policy with Trusted Types.
 *
 * HTML elements with `data-provider="github"` are hidden unless that social provider is enabled.
 *
 * @param folder the folder of the files, without subfolders
 * @param auth the configuration; social providers without keys are disabled
 * @returns a handler for Hono, to be mounted at a prefix: `app.get("/auth/*", pages(…))`
 */
export function pages(folder: URL, auth: Auth): Handler;
