// @ts-check
/** Connects plain HTML to better-auth: forms and lists name methods of the client. */
import { encodeQr } from "./client.js";
import { deviceOf } from "./devices.js";
import { failures, refusals, server } from "./failures.js";

/**
 * @typedef {Record<string, any>} Data
 *
 * @typedef {object} Failure
 * @property {string} [code]
 * @property {string} [message]
 * @property {number} [status]
 * @property {string} [statusText]
 * @property {string} [error] of an OAuth route, instead of a code
 * @property {string} [error_description] of an OAuth route, instead of a message
 *
 * @typedef {object} Own
 * @property {typeof formats} [formats] more ways to show values
 * @property {Record<string, string>} [sentences] what the redirects of other plugins mean
 */

/**
 * How values are shown, by the name in `data-format`.
 * @type {Record<string, (value: any) => string>}
 */
const formats = {
  date: (date) =>
    new Date(date).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }),
  device: (agent) => deviceOf(agent ?? ""),
  list: (texts) => texts.join("\n"),
  secret: (uri) => new URL(uri).searchParams.get("secret") ?? "",
};

const query = new URLSearchParams(location.search);
/** @type {any} */
let client;
/** @type {Data | null} */
let session = null;
/** The parts that a list has opened again, and filled. */
const reopened = new WeakSet();

/** @param {string} selector @param {ParentNode} [root] @returns {any[]} */
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
/** @param {any} object @param {string} path @returns {any} */
const value = (object, path) => path.split(".").reduce((one, name) => one?.[name], object);
/** @param {string} path @param {Data} argument @returns {Promise<{ data: any; error: any }>} */
const call = async (path, argument) =>
  (await value(client, path)(argument)) ?? { data: null, error: null };

/** @param {Failure} failure */
function sentence({ code, message, error, error_description, status, statusText }) {
  const own = refusals.get(code ?? "") || message || error_description || failures.get(error ?? "");
  const other = Number(status) >= 500 ? server : statusText;
  const text = own || code?.toLowerCase().replaceAll("_", " ") || other || "";
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * Fills the elements that name properties of an object.
 * @param {any} root @param {Data} data
 */
function fill(root, data) {
  /** @param {string} name */
  const own = (name) => {
    // Rows have data of their own.
    const within = all(`[data-${name}]`, root).filter(
      (part) => !root.contains(part.parentElement?.closest("[data-list]") ?? null),
    );
    return root.matches?.(`[data-${name}]`) ? [root, ...within] : within;
  };
  for (const part of own("if")) part.hidden = !value(data, part.dataset.if);
  for (const part of own("unless")) part.hidden = Boolean(value(data, part.dataset.unless));
  for (const part of own("value")) {
    const given = value(data, part.dataset.value) ?? "";
    // A choice without a value keeps its first option.
    if (given || part.localName !== "select") part.value = given;
  }
  for (const part of own("text")) {
    const names = part.dataset.text.split("|");
    const text = names.map((/** @type {string} */ name) => value(data, name)).find(Boolean);
    part.textContent = text ? (formats[part.dataset.format] ?? String)(text) : "";
  }
  for (const part of own("qr")) part.setAttribute("d", drawn(value(data, part.dataset.qr)));
  for (const part of own("list")) part.row = data;
}

/**
 * The dark squares of a QR code, as the path of an SVG with a viewBox of 100.
 * @param {string} text
 */
function drawn(text) {
  const { data, size } = encodeQr(text, { border: 2 });
  const unit = 100 / size;
  /** @param {number} x @param {number} y */
  const square = (x, y) => `M${x * unit} ${y * unit}h${unit}v${unit}h-${unit}z`;
  return data
    .flatMap((/** @type {boolean[]} */ row, /** @type {number} */ y) =>
      row.map((dark, x) => (dark ? square(x, y) : "")),
    )
    .join("");
}

/** @param {any} place a list, with a template for its rows */
async function list(place) {
  const { list: path, query: given = "", empty = "Nothing here yet.", limit } = place.dataset;
  const pairs = given.split(" ").filter(Boolean);
  const asked = pairs.map((/** @type {string} */ pair) => {
    const [key = "", property = ""] = pair.split("=");
    return [key, place.row[property]];
  });
  const filter = place.id && document.querySelector(`form[data-filter="${place.id}"]`);
  const { data, error } = await call(path, {
    query: { ...Object.fromEntries(asked), ...(filter && fields(filter)), ...(limit && { limit }) },
  });
  /** @type {Data[]} */
  const rows = (Array.isArray(data) ? data : Object.values(data ?? {}).find(Array.isArray)) ?? [];
  const template = place.querySelector("template");
  const isMine = (/** @type {Data} */ row) => (row.userId ?? row.id) === session?.user.id;
  const items = rows.map((row) => {
    const item = template.content.cloneNode(true);
    const token = row.session?.token ?? row.token;
    fill(item, { ...row, current: token ? token === session?.session.token : isMine(row) });
    return item;
  });
  if (rows.length === 0)
    items.push(line(error ? sentence(error) : empty, error ? "error" : "empty"));
  if (data?.total > rows.length) items.push(more(place, rows.length));
  const open = all("details", place).map((part) => part.open);
  const hadFocus = place.contains(document.activeElement);
  place.replaceChildren(template, ...items);
  place.dataset.role = rows.find(isMine)?.role ?? "";
  for (const [index, part] of all("details", place).entries()) {
    if (open[index]) reopened.add(part);
    part.open = open[index] ?? false;
  }
  if (hadFocus) {
    place.tabIndex = -1;
    place.focus();
  }
  await inOrder(all("details[open] [data-list]", place));
}

/**
 * Fills lists one after another, because a list may hide or show the next.
 * @param {any[]} places
 */
async function inOrder(places) {
  for (const place of places) if (place.checkVisibility()) await list(place);
}

/** @param {any} event */
async function onToggle({ target }) {
  if (!reopened.delete(target) && target.open) await inOrder(all("[data-list]", target));
}

/** @param {string} text @param {string} name */
function line(text, name) {
  const item = document.createElement("li");
  item.className = name;
  item.textContent = text;
  return item;
}

/** @param {any} place @param {number} shown */
function more(place, shown) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet small";
  button.textContent = "Show more";
  button.addEventListener("click", () => {
    place.dataset.limit = String(shown * 2);
    return list(place);
  });
  const item = line("", "more");
  item.append(button);
  return item;
}

/** Fills a part with the response for a parameter of the page's URL. @param {any} part */
async function get(part) {
  const { get: path, needs } = part.dataset;
  const asked = query.get(needs);
  if (asked === null) return;
  const sent = { [needs]: asked };
  const { data, error } = await call(path, "body" in part.dataset ? sent : { query: sent });
  part.hidden = Boolean(error);
  if (error) say(header(), sentence(error), true);
  else fill(part, data);
}

/** @param {unknown} error what `fetch` threw */
function unreachable(error) {
  console.error(error);
  return "The server cannot be reached.";
}

const header = () => document.querySelector("main > section > header");

async function show() {
  const { data, error: failure } = await client.getSession();
  // The session is unknown, so there is no redirect.
  if (failure) return say(header(), sentence(failure), true);
  session = data;
  if (document.body.dataset.for === "member" && !session) {
    const [error, next] = [query.get("error"), new URLSearchParams(query)];
    next.delete("error");
    const page = location.pathname + (next.size > 0 ? `?${next}` : "");
    location.replace(`sign-in?${new URLSearchParams({ next: page, ...(error && { error }) })}`);
    return;
  }
  for (const part of all("[data-me]")) fill(part, session ?? {});
  for (const part of all("[data-get]")) await get(part);
  for (const part of all("[data-for-role]")) {
    part.hidden = !session?.user.role?.split(",").includes(part.dataset.forRole);
  }
  await Promise.all(all("[data-list]:not([data-list] *, [hidden], [hidden] *)").map(list));
}

/** @param {any} place @param {string} text @param {boolean} isError */
function say(place, text, isError) {
  const status = place.querySelector(":scope > .status") ?? document.createElement("p");
  status.className = isError ? "status error" : "status";
  status.setAttribute("role", isError ? "alert" : "status");
  status.textContent = text;
  place.append(status);
}

/**
 * The requested next page, if it is on this server.
 * @param {string} otherwise
 */
function next(otherwise) {
  const url = new URL(query.get("next") ?? otherwise, location.href);
  return url.origin === location.origin ? url.href : otherwise;
}

/** @param {HTMLFormElement} form @returns {Data} */
function fields(form) {
  const inputs = /** @type {HTMLInputElement[]} */ ([...form.elements]);
  const filled = inputs.filter((input) => input.name && input.value);
  return Object.fromEntries(
    filled.map(({ name, type, checked, value }) => [name, type === "checkbox" ? checked : value]),
  );
}

/** @param {HTMLFormElement} form */
async function submit(form) {
  const { call: path, done, go, then, ask, filter } = form.dataset;
  for (const status of all(".status")) status.textContent = "";
  if (filter) return list(document.getElementById(filter));
  if (!path || (ask && !confirm(ask))) return;
  const sent = fields(form);
  const { data, error } = await call(path, "query" in form.dataset ? { query: sent } : sent);
  if (error) return say(form, sentence(error), true);
  if (data?.twoFactorRedirect) return location.assign(`two-factor${location.search}`);
  // The client redirects by itself.
  if (data?.url && data.redirect) return;
  if (go) return location.assign(next(go));
  const place = then && document.getElementById(then);
  if (place) {
    place.hidden = false;
    fill(place, { ...sent, ...data });
    /** @type {HTMLElement} */ (place.querySelector("input:not([type=hidden])") ?? place).focus();
  }
  form.reset();
  // The rows of a list are replaced, with their forms.
  const section = form.closest("[data-list]")?.closest("section");
  await show();
  say(section ?? form, done ?? "", false);
}

/** @param {any} event */
async function onSubmit(event) {
  event.preventDefault();
  const button = event.submitter ?? event.target.querySelector("button");
  if (button?.ariaBusy === "true") return;
  if (button) button.ariaBusy = "true";
  try {
    await submit(event.target);
  } catch (error) {
    say(event.target, unreachable(error), true);
  } finally {
    if (button) button.ariaBusy = null;
  }
}

/** @param {any} event */
async function onClick({ target }) {
  const from = target.closest?.("[data-copy]")?.dataset.copy;
  if (!from) return;
  await navigator.clipboard.writeText(document.getElementById(from)?.textContent ?? "");
  target.textContent = "Copied";
}

/**
 * Starts the page.
 *
 * @param {object} authClient better-auth's client
 * @param {Own} [own] sentences and formats of your own
 */
export async function start(authClient, own = {}) {
  client = authClient;
  Object.assign(formats, own.formats);
  for (const [code, text] of Object.entries(own.sentences ?? {})) failures.set(code, text);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  // A collapsed part is filled when it opens.
  document.addEventListener("toggle", onToggle, true);

  for (const part of all("[data-param]")) part.value = query.get(part.dataset.param) ?? "";
  const incomplete = all("[data-needs]").filter((part) => !query.has(part.dataset.needs));
  for (const part of incomplete) part.hidden = true;
  for (const link of all("a[data-with-query]")) link.href += location.search;
  document.documentElement.dataset.ready = "";
  const error = query.get("error");
  if (error !== null) {
    // Any site can link to this page: only known errors are shown.
    const code = /^[\w-]{1,60}$/.test(error) ? ` (${error})` : "";
    const known = failures.get(error.toLowerCase());
    say(header(), known ?? `Something went wrong${code}. Try again.`, true);
  } else if (incomplete.length > 0)
    say(header(), "This page needs a whole link. Open it again from where you got it.", true);
  await show().catch((error) => say(header(), unreachable(error), true));
}
