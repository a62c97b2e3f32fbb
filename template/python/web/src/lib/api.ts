import createClient from "openapi-fetch";
import type { paths } from "./api-types.ts";

const isBrowser = typeof window !== "undefined";

/** FastAPI's routes, typed by `npm run api-types`. Browsers reach them through Next.js. */
export const api = createClient<paths>({
  baseUrl: isBrowser ? "" : process.env.API_URL || "http://127.0.0.1:8000",
});
