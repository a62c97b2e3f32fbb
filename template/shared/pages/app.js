// Forms and lists name the methods of better-auth's client that they call: data-call="signIn.email".
import { authClient, encodeQr } from "./auth-client.js";

const query = new URLSearchParams(location.search);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const value = (object, path) => path.split(".").reduce((one, name) => one?.[name], object);
const method = (path) => path.split(".").reduce((one, name) => one[name], authClient);
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const words = (code) => sentence(code.toLowerCase().replaceAll("_", " "));
let session = null;

const formats = {
  date: (date) =>
    new Date(date).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }),
  device: (agent) => {
    const browsers = { Edg: "Edge", OPR: "Opera", Firefox: 0, Chrome: 0, Safari: 0, curl: 0 };
    const systems = { Android: 0, iPhone: 0, iPad: 0, Windows: 0, "Mac OS": "macOS", Linux: 0 };
    const find = (names) => Object.keys(names).find((name) => agent?.includes(name));
    const [browser, system] = [find(browsers), find(systems)];
    const known = [browsers[browser] || browser, systems[system] || system].filter(Boolean);
    return known.join(" on ") || "An unknown device";
  },
  list: (texts) => texts.join("\n"),
  secret: (uri) => new URL(uri).searchParams.get("secret"),
};

/** Shows what an object holds in the places that name its properties. */
function fill(root, data) {
  const own = (name) => {
    const within = all(`[data-${name}]`, root);
    return root.matches?.(`[data-${name}]`) ? [root, ...within] : within;
  };
  for (const part of own("if")) part.hidden = !value(data, part.dataset.if);
  for (const part of own("unless")) part.hidden = Boolean(value(data, part.dataset.unless));
  for (const part of own("value")) part.value = value(data, part.dataset.value) ?? "";
  for (const part of own("text")) {
    const text = part.dataset.text.split("|").map((path) => value(data, path));
    const found = text.find(Boolean);
    part.textContent = found ? (formats[part.dataset.format] ?? String)(found) : "";
  }
  for (const part of own("qr")) part.setAttribute("d", drawn(value(data, part.dataset.qr)));
  for (const part of own("list")) part.row = data;
}

/** The dark squares of a QR code, as the path of an SVG with a viewBox of 100. */
function drawn(text) {
  const { data, size } = encodeQr(text, { border: 2 });
  const unit = 100 / size;
  const square = (x, y) => `M${x * unit} ${y * unit}h${unit}v${unit}h-${unit}z`;
  return data.flatMap((row, y) => row.map((dark, x) => (dark ? square(x, y) : ""))).join("");
}

async function list(place) {
  const { list: call, query: given = "", empty = "Nothing here yet." } = place.dataset;
  const pairs = given.split(" ").filter(Boolean);
  const asked = pairs.map((pair) => pair.split("=")).map(([key, path]) => [key, place.row[path]]);
  const { data, error } = await method(call)({ query: Object.fromEntries(asked) });
  const rows = Array.isArray(data) ? data : Object.values(data ?? {}).find(Array.isArray);
  const template = place.querySelector("template");
  const items = (rows ?? []).map((row) => {
    const item = template.content.cloneNode(true);
    const token = row.session?.token ?? row.token;
    fill(item, { ...row, current: token && token === session?.session.token });
    return item;
  });
  if (items.length === 0) {
    items.push(document.createElement("li"));
    items[0].className = error ? "error" : "empty";
    items[0].textContent = error ? error.message || error.statusText : empty;
  }
  const open = all("details", place).map((part) => part.open);
  place.replaceChildren(template, ...items);
  for (const [index, part] of all("details", place).entries()) part.open = open[index] ?? false;
  await Promise.all(all("details[open] [data-list]", place).map(list));
}

async function show() {
  session = (await authClient.getSession()).data;
  if (document.body.dataset.for === "member" && !session) {
    const next = location.pathname + location.search;
    return location.replace(`sign-in?${new URLSearchParams({ next })}`);
  }
  for (const part of all("[data-me]")) fill(part, session ?? {});
  for (const part of all("[data-role]")) {
    part.hidden = !session?.user.role?.split(",").includes(part.dataset.role);
  }
  await Promise.all(all("[data-list]:not([data-list] *, [hidden] *)").map(list));
}

function say(place, text, isError) {
  const status = place.querySelector(":scope > .status") ?? document.createElement("p");
  status.className = isError ? "status error" : "status";
  status.setAttribute("role", isError ? "alert" : "status");
  status.textContent = text;
  place.append(status);
}

/** Where the page was told to go on to, if that is on this server. */
function next(otherwise) {
  const url = new URL(query.get("next") ?? otherwise, location.href);
  return url.origin === location.origin ? url.href : otherwise;
}

function fields(form) {
  const inputs = [...form.elements].filter(({ name, value }) => name && value);
  const read = ({ dataset, type, checked, value }) =>
    type === "checkbox" ? checked : dataset.as === "number" ? Number(value) : value;
  return Object.fromEntries(inputs.map((input) => [input.name, read(input)]));
}

async function submit(form) {
  const { call, done, go, then, ask } = form.dataset;
  const sent = fields(form);
  if (ask && !confirm(ask)) return;
  const body = "query" in form.dataset ? { query: sent } : sent;
  const { data, error } = (await method(call)(body)) ?? {};
  if (error) {
    const text = error.message || words(error.code ?? error.statusText);
    return say(form, sentence(text), true);
  }
  if (data?.twoFactorRedirect) return location.assign(`two-factor${location.search}`);
  if (data?.url && data.redirect) return location.assign(data.url);
  if (go) return location.assign(next(go));
  say(form, done ?? "", false);
  if (then) {
    const place = document.getElementById(then);
    place.hidden = false;
    fill(place, { ...sent, ...data });
    (place.querySelector("input:not([type=hidden])") ?? place).focus();
  }
  form.reset();
  await show();
}

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter ?? event.target.querySelector("button");
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    await submit(event.target);
  } catch (error) {
    say(event.target, `The server cannot be reached. ${error.message}`, true);
  } finally {
    button.ariaBusy = null;
  }
});

// What is in a part that opens is asked for when it opens.
document.addEventListener(
  "toggle",
  ({ target }) => target.open && all("[data-list]", target).forEach(list),
  true,
);

document.addEventListener("click", async ({ target }) => {
  const from = target.closest?.("[data-copy]")?.dataset.copy;
  if (!from) return;
  await navigator.clipboard.writeText(document.getElementById(from).textContent);
  target.textContent = "Copied";
});

document.documentElement.dataset.ready = "";
for (const part of all("[data-param]")) part.value = query.get(part.dataset.param) ?? "";
for (const link of all("a[data-with-query]")) link.href += location.search;
const failure = query.get("error_description") ?? query.get("error");
if (failure) say(document.querySelector("main > section > header"), words(failure), true);
await show();
