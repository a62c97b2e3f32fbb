import { headers } from "next/headers";
import { cache } from "react";
import { auth } from "./auth.ts";

/** The session of the request, or null; read once a request, in pages, routes and actions. */
export const currentSession = cache(async () => auth.api.getSession({ headers: await headers() }));
