// @ts-check
/** See index.d.mts. */
import { AsyncLocalStorage } from "node:async_hooks";
import { isIP } from "node:net";

/** @typedef {import("./index.d.mts").Auth} Auth */
/** @typedef {import("./index.d.mts").Table} Table */

export const maxBody = 1024 * 1024;
export const bodyTimeout = 30_000;

const maxNesting = 100;
// PostgreSQL's integer, which LIMIT and OFFSET of every provider hold.
const maxNumber = 2 ** 31 - 1;

// The texts that Prisma takes for a DateTime.
const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** Routes of lists whose query names fields of a table: better-auth does not validate the names. */
const lists = [
  { path: "/organization/list-members", table: "member" },
  { path: "/admin/list-users", table: "user" },
];

const signUp = /\/sign-up\/email$/;
const passwordSignIn = /\/sign-in\/(email|phone-number|username)$/;

/** What the request in progress has done.
 * @type {AsyncLocalStorage<{ hasHashed: boolean }>} */
const work = new AsyncLocalStorage();

/** The statuses with which routes answer requests without a session. */
const withoutSession = new Set([400, 401, 403, 404]);

const failed = "The server could not finish this. Try again later.";

class Refused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Whether a person opens a link, and is to read text instead of JSON. @param {Request} request */
const isPage = ({ headers }) => headers.get("accept")?.includes("text/html") ?? false;

/** @param {Request} request @param {number} status @param {string} message
 * @param {Record<string, string>} [headers] */
function answered(request, status, message, headers = {}) {
  return isPage(request)
    ? new Response(message, { status, headers })
    : Response.json({ message }, { status, headers });
}

/** The body as text; better-auth takes no other kind. @param {Request} request */
async function read(request) {
  const tooLarge = new Refused(413, "The request is too large.");
  const length = request.headers.get("content-length");
  if (Number(length) > maxBody) throw tooLarge;
  if (!request.body) return undefined;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const isLate = new Promise((_, reject) => {
    const error = new Refused(408, "The request came too slowly.");
    timer = setTimeout(() => reject(error), bodyTimeout);
  });
  const reading = length ? request.text() : counted(request.body, tooLarge);
  try {
    return /** @type {string} */ (await Promise.race([reading, isLate]));
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a stream that may be endless. @param {ReadableStream} body @param {Error} tooLarge */
async function counted(body, tooLarge) {
  const chunks = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBody) throw tooLarge;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** @param {string} json */
function isTooDeep(json) {
  if ((json.match(/[[{]/g) ?? []).length <= maxNesting) return false;
  let depth = 0;
  for (let at = 0, inText = false; at < json.length; at++) {
    const character = json[at];
    if (inText) {
      if (character === "\\") at++;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === "[" || character === "{") {
      if (++depth > maxNesting) return true;
    } else if (character === "]" || character === "}") depth--;
  }
  return false;
}

/** @param {string} body @param {string} type its Content-Type, in any case */
function checkBody(body, type) {
  // A type may name both; better-auth decides by its own order.
  const isJson = /json/i.test(type);
  const isForm = !isJson || /urlencoded|form-data/i.test(type);
  const isInJson = isJson && body.includes("\\u0000") && /(?<!\\)(\\\\)*\\u0000/.test(body);
  if (isInJson || (isForm && (body.includes("%00") || body.includes("\0")))) {
    throw new Refused(400, "NUL characters are not accepted.");
  }
  if (isJson && isTooDeep(body)) throw new Refused(400, "The JSON is nested too deeply.");
}

/** Whether a field can have a value that is given as text.
 * @param {unknown} type @param {string} value */
function canBe(type, value) {
  if (type === "date") return isoDate.test(value) && !Number.isNaN(Date.parse(value));
  if (type === "number") return value.trim() !== "" && Math.abs(Number(value)) <= maxNumber;
  if (type === "boolean") return value === "true" || value === "false";
  return true;
}

/** @param {Table} table @param {URLSearchParams} query */
function checkList({ fields }, query) {
  /** By its own name or that of its column, as better-auth finds it. @param {string} name */
  const field = (name) =>
    Object.hasOwn(fields, name)
      ? fields[name]
      : Object.values(fields).find(({ fieldName }) => fieldName === name);
  for (const parameter of ["sortBy", "filterField"]) {
    const name = query.get(parameter);
    if (name && name !== "id" && !field(name)) {
      throw new Refused(400, `${parameter} names no field of this list.`);
    }
  }
  for (const parameter of ["limit", "offset"]) {
    const value = query.get(parameter);
    if (value && !(/^\d+$/.test(value) && Number(value) <= maxNumber)) {
      throw new Refused(400, `${parameter} has to be a whole number, not less than 0.`);
    }
  }
  const operator = query.get("filterOperator") ?? "eq";
  const value = query.get("filterValue");
  if (value === null) return;
  if (operator === "in" || operator === "not_in") {
    // better-auth takes a list from repeated parameters alone.
    if (query.getAll("filterValue").length > 1) return;
    throw new Refused(400, "filterValue has to be given more than once for this filterOperator.");
  }
  const { type = "string" } = field(query.get("filterField") ?? "") ?? {};
  const isText = ["contains", "starts_with", "ends_with"].includes(operator);
  const isEqual = operator === "eq" || operator === "ne";
  const isPossible = isText
    ? type === "string"
    : canBe(type, value) && (isEqual || type !== "boolean");
  if (!isPossible) {
    throw new Refused(400, "filterField cannot be compared like this with filterValue.");
  }
}

/** Notes in `work` that a request computes a hash.
 * @template Value, Result
 * @param {(value: Value) => Result} compute @returns {(value: Value) => Result} */
const noted = (compute) => (value) => {
  const done = work.getStore();
  if (done) done.hasHashed = true;
  return compute(value);
};

/** @param {Auth} auth */
async function watchHashes(auth) {
  const { password } = await auth.$context;
  password.hash = noted(password.hash);
  password.verify = noted(password.verify);
}

/** Handles sign-ins. A refusal costs a hash, also where better-auth computes none: for unknown phone
 * numbers, and for users without a password.
 * @param {Auth} auth */
function signInHandler(auth) {
  /** @type {Promise<void> | undefined} */
  let watching;
  return async (/** @type {Request} */ request) => {
    await (watching ??= watchHashes(auth));
    const done = { hasHashed: false };
    const response = await work.run(done, () => auth.handler(request));
    if (response.status === 401 && !done.hasHashed)
      await (await auth.$context).password.hash("none");
    return response;
  };
}

/** The answer to a sign-up. Without a session, its user has only what was sent and better-auth's
 * own fields. For a known address, better-auth invents a user, who lacks what plugins and hooks
 * set: that difference would reveal that there is an account.
 * @param {Response} response @param {string} body of the request */
async function signUpAnswer(response, body) {
  const answer = await response.clone().json();
  // A hook of the owner may answer without a user.
  if (answer?.token || !answer?.user) return response;
  const isJson = body.trimStart().startsWith("{");
  const sent = isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
  const { id, email, emailVerified, createdAt, updatedAt } = answer.user;
  const { name, image = null } = sent;
  const user = { id, name, email, emailVerified, image, createdAt, updatedAt };
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  return Response.json({ ...answer, user }, { headers });
}

/** Whether the session of a request can be looked up: better-auth takes a failure for no session.
 * @param {Auth} auth @param {Headers} headers */
async function canReadSessions(auth, headers) {
  try {
    await auth.api.getSession({ headers, query: { disableRefresh: true } });
    return true;
  } catch (error) {
    const { statusCode = 500 } = /** @type {{ statusCode?: number }} */ (error);
    return statusCode < 500;
  }
}

/** See index.d.mts.
 * @param {Auth} auth @param {string} [addressHeader] */
export function guard(auth, addressHeader) {
  const signIn = signInHandler(auth);
  return async (/** @type {Request} */ request) => {
    if (addressHeader && !request.headers.has(addressHeader)) {
      return Response.json({ message: "The server is not instrumented." }, { status: 500 });
    }
    const { pathname, searchParams, search } = new URL(request.url);
    let body;
    try {
      if (search.includes("%00") || pathname.includes("%00")) {
        throw new Refused(400, "NUL characters are not accepted.");
      }
      const list = lists.find(({ path }) => pathname.endsWith(path));
      const table = list && (await auth.$context).tables[list.table];
      if (table) checkList(table, searchParams);
      body = await read(request);
      if (body) checkBody(body, request.headers.get("content-type") ?? "");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status, message } = error;
      // On a kept-alive connection, the unread rest of a body would be parsed as the next request.
      return answered(request, status, message, status === 400 ? {} : { connection: "close" });
    }
    const { method, headers, url } = request;
    // Next.js's own requests cannot be copied by `new Request(request)`.
    const sent = body === undefined ? request : new Request(url, { method, headers, body });
    const response = await (passwordSignIn.test(pathname) ? signIn(sent) : auth.handler(sent));
    // better-auth normalizes a callbackURL of `/..//evil.example` to this.
    if (/^[/\\]{2}/.test(response.headers.get("location") ?? "")) {
      return answered(request, 403, "Invalid callbackURL");
    }
    if (body && response.status === 200 && signUp.test(pathname))
      return signUpAnswer(response, body);
    const isRefused = withoutSession.has(response.status);
    const hasFailed = isRefused && !(await canReadSessions(auth, headers));
    const isError = response.status === 500 && isPage(request);
    return hasFailed || isError ? answered(request, 500, failed) : response;
  };
}

/** See index.d.mts. @param {(url: string) => boolean | Promise<boolean>} isTrusted */
export function originCheck(isTrusted) {
  return async (/** @type {Request} */ { method, headers }) => {
    if (["GET", "HEAD", "OPTIONS"].includes(method)) return undefined;
    const site = headers.get("sec-fetch-site");
    const origin = headers.get("origin") ?? headers.get("referer");
    const isOwn =
      origin && origin !== "null"
        ? await isTrusted(origin)
        : site === "same-origin" || (!site && !origin && !headers.has("cookie"));
    if (isOwn) return undefined;
    const message = "Requests from this origin are not accepted.";
    return Response.json({ message }, { status: 403 });
  };
}

/** See index.d.mts. @param {(url: string) => boolean | Promise<boolean>} isTrusted */
export function cors(isTrusted) {
  return async (
    /** @type {Request} */ { method, headers },
    /** @type {() => Response | Promise<Response>} */ respond,
  ) => {
    const origin = headers.get("origin");
    const wanted = headers.get("access-control-request-method");
    const isPreflight = method === "OPTIONS" && origin !== null && wanted !== null;
    const response = isPreflight ? new Response(null, { status: 204 }) : await respond();
    response.headers.append("vary", "Origin");
    if (!origin || !(await isTrusted(origin))) return response;
    response.headers.set("access-control-allow-origin", origin);
    response.headers.set("access-control-allow-credentials", "true");
    if (isPreflight) {
      const fields = headers.get("access-control-request-headers") ?? "";
      response.headers.set("access-control-allow-methods", wanted);
      response.headers.set("access-control-allow-headers", fields);
    }
    return response;
  };
}

/** See index.d.mts. @param {Auth} auth @param {string} addressHeader */
export function routeHandlers(auth, addressHeader) {
  const handle = guard(auth, addressHeader);
  const allow = cors(async (origin) => (await auth.$context).isTrustedOrigin(origin));
  const answer = (/** @type {Request} */ request) => allow(request, () => handle(request));
  return { GET: answer, POST: answer, PATCH: answer, PUT: answer, DELETE: answer, OPTIONS: answer };
}

/** A wildcard stands for text without a slash. @param {string} pattern */
function expression(pattern) {
  const text = pattern.replace(/[.*+?^$()|[\]{}\\/]/g, (character) =>
    character === "*" ? "[^/]*" : character === "?" ? "[^/]" : `\\${character}`,
  );
  return new RegExp(`^${text}$`);
}

/** See index.d.mts. @param {readonly string[]} patterns */
export function trustedBy(patterns) {
  const tests = patterns.map((pattern) => {
    if (!/[*?]/.test(pattern)) {
      const own = URL.parse(pattern)?.origin;
      return (/** @type {URL} */ { origin }) => origin === own;
    }
    const isWhole = pattern.includes("://");
    const [name = ""] = pattern.replace(/^.*:\/\//, "").split(":");
    // A wildcard among the digits of an address matches no name.
    const isAddress = /\d/.test(name) && /^[\d*?.]+$/.test(name);
    const wanted = expression(pattern);
    return (/** @type {URL} */ { origin, host, hostname }) =>
      wanted.test(isWhole ? origin : host) && (!isAddress || isIP(hostname) === 4);
  });
  return (/** @type {string} */ url) => {
    const page = URL.parse(url);
    return page !== null && /^https?:$/.test(page.protocol) && tests.some((test) => test(page));
  };
}
