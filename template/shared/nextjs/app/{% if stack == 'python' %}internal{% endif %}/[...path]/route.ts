import { internalRoutes } from "../../../../../packages/better-auth-sidecar/node/internal.mjs";
import { auth } from "../../../lib/auth.ts";
import { env, secret } from "../../../lib/env.ts";

/** For FastAPI, which has the key; 404 for everybody else. */
const handler = internalRoutes(auth, secret, env.isProduction);
export { handler as GET, handler as POST };
