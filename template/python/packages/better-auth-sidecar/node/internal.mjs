// @ts-check
/** The internal routes: for Python alone, which has the key. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** @typedef {{ api: any, $context: Promise<any> }} Auth */

const notFound = () => new Response("404 Not Found", { status: 404 });

/** @param {Record<string, unknown>} fields */
const columns = (fields) =>
  Object.fromEntries(
    Object.entries(fields).map(([key, field]) => {
      const { fieldName, type, required, returned, transform } = /** @type {any} */ (field);
      // better-auth's defaults.
      return [
        key,
        {
          column: fieldName ?? key,
          type: transform?.output ? "transformed" : type,
          required: required ?? true,
          returned: returned ?? true,
        },
      ];
    }),
  );

/** @param {Auth} auth */
async function configuration(auth) {
  const context = await auth.$context;
  const { authCookies, options, sessionConfig, tables } = context;
  const session = options.session ?? {};
  return Response.json({
    // Lets Python compare its secret with this one.
    secretCheck: createHmac("sha256", context.secret)
      .update("secret-check")
      .digest("hex")
      .slice(0, 16),
    trustedOrigins: context.trustedOrigins,
    cookie: {
      name: authCookies.sessionToken.name,
      dontRememberName: authCookies.dontRememberToken.name,
    },
    session: {
      expiresIn: sessionConfig.expiresIn,
      updateAge: sessionConfig.updateAge,
      disableRefresh: session.disableSessionRefresh ?? false,
      deferRefresh: session.deferSessionRefresh ?? false,
      // Whether the database alone decides which sessions are valid: a sign-out deletes them there.
      storedInDatabase:
        !options.secondaryStorage ||
        Boolean(session.storeSessionInDatabase && !session.preserveSessionInDatabase),
    },
    plugins: (options.plugins ?? []).map((/** @type {{id: string}} */ plugin) => plugin.id),
    tables: Object.fromEntries(
      ["user", "session"].map((model) => {
        // With secondary storage alone, sessions have no table.
        const { modelName, fields } = tables[model] ?? { modelName: model, fields: {} };
        return [model, { name: modelName, fields: columns(fields) }];
      }),
    ),
  });
}

/** Whether an error is the caller's fault, such as a wrong API key. A 429 of a rate limit is not: the
 * caller gets it as the response.
 * @param {unknown} error */
const isRefusal = (error) => {
  const { statusCode = 500, name, code } = /** @type {Record<string, any>} */ (error);
  // Prisma cannot look for "x" where ids are numbers or UUIDs.
  const isNoId = name === "PrismaClientValidationError" || code === "P2007";
  return isNoId || (statusCode < 500 && statusCode !== 429);
};

/** The session of these headers, or null. The body is get-session's query.
 * @param {Auth} auth @param {Request} request */
async function session(auth, request) {
  const { headers } = request;
  const text = await request.text();
  const query = text ? JSON.parse(text) : {};
  try {
    return await auth.api.getSession({ headers, query, asResponse: true });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return Response.json(null);
  }
}

/** Whether the user of these headers has permissions, in an organization or by the admin plugin.
 * @param {Auth} auth @param {Request} request */
async function hasPermission(auth, request) {
  const { headers } = request;
  const { organizationId, permissions } = await request.json();
  const ask = organizationId ? auth.api.hasPermission : auth.api.userHasPermission;
  if (!ask) {
    const plugin = organizationId ? "organization" : "admin";
    return Response.json(
      { message: `Add ${plugin}() to the plugins of auth.ts.` },
      { status: 501 },
    );
  }
  try {
    const found = await auth.api.getSession({ headers });
    if (!found) return Response.json({ success: false });
    const body = organizationId
      ? { organizationId, permissions }
      : { userId: found.user.id, permissions };
    const { success } = await ask({ headers, body });
    return Response.json({ success: success === true });
  } catch (error) {
    // better-auth answers 4xx for an unknown organization and for users who are not members of it.
    if (!isRefusal(error)) throw error;
    return Response.json({ success: false });
  }
}

/** Answers once the database does: the user table exists in every configuration.
 * @param {Auth} auth */
async function ready(auth) {
  const context = await auth.$context;
  await context.internalAdapter.findUserByEmail("nobody@readiness.invalid");
  return Response.json({ ready: true });
}

/** Creates a user and a session, for the tests of an application.
 * @param {Auth} auth @param {Request} request */
async function testSignIn(auth, request) {
  const { internalAdapter, tables } = await auth.$context;
  // The admin plugin's hook refuses sessions of banned users, so ban after creating the session.
  const { banned, ...user } = await request.json();
  for (const [key, field] of Object.entries(tables.user.fields)) {
    const isDate = /** @type {any} */ (field).type === "date";
    if (isDate && user[key]) user[key] = new Date(user[key]);
  }
  const { id } = await internalAdapter.createUser(user);
  const { token } = await internalAdapter.createSession(id);
  if (banned) await internalAdapter.updateUser(id, { banned });
  return Response.json({ id, token });
}

/** Marks an e-mail address as verified, as the mail's link does, for the tests of an application.
 * @param {Auth} auth @param {Request} request */
async function testVerifyEmail(auth, request) {
  const { internalAdapter } = await auth.$context;
  const { email } = await request.json();
  const user = await internalAdapter.updateUserByEmail(email, { emailVerified: true });
  return Response.json({ id: user?.id ?? null });
}

/** @typedef {(auth: Auth, request: Request) => Promise<Response>} Route */

/** @type {Record<string, Route>} */
const routes = {
  "GET configuration": configuration,
  "GET ready": ready,
  "POST session": session,
  "POST has-permission": hasPermission,
};

/** Never in production.
 * @type {Record<string, Route>} */
const testRoutes = {
  "POST test-sign-in": testSignIn,
  "POST test-verify-email": testVerifyEmail,
};

/** See internal.d.mts.
 * @param {Auth} auth @param {string} secret @param {boolean} isProduction
 * @param {typeof routes} more
 * @returns {(request: Request) => Promise<Response>} */
export function internalRoutes(auth, secret, isProduction = true, more = {}) {
  const known = { ...routes, ...(isProduction ? {} : testRoutes), ...more };
  const key = createHmac("sha256", secret).update("internal").digest();
  return async (request) => {
    const given = Buffer.from(request.headers.get("x-internal-key") ?? "", "hex");
    if (given.length !== key.length || !timingSafeEqual(given, key)) return notFound();
    const name = new URL(request.url).pathname.split("/").at(-1);
    const route = known[`${request.method} ${name}`];
    try {
      return route ? await route(auth, request) : notFound();
    } catch (error) {
      const { statusCode, body } = /** @type {any} */ (error);
      if (statusCode !== 429) throw error;
      return Response.json(body, { status: 429 });
    }
  };
}
