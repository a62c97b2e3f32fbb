// @ts-check
/** The development page with the messages of the outbox. */
import { createHash } from "node:crypto";

/** @typedef {import("./store.d.mts").Row} Row */

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
article { border: 1px solid #8886; border-radius: 8px; padding: 0 1rem; margin: 1rem 0; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.1rem; margin-bottom: 0; }
small { opacity: 0.75; }
pre { font: inherit; white-space: pre-wrap; }
`;
const hash = createHash("sha256").update(STYLE).digest("base64");
const headers = {
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "content-type": "text/html; charset=utf-8",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** @param {string} text */
const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** @param {Row} row */
function state({ data, error, sentAt }) {
  if (sentAt) return data === null ? "sent" : "shown here, and in the log";
  if (data === null) return `not sent: ${error}`;
  return error ? `waits: ${error}` : "waits";
}

/** @param {Row} row @param {(row: Row) => import("./sender.d.mts").Mail} mailOf */
function article(row, mailOf) {
  let mail = { subject: row.kind, text: "Its link or code is wiped." };
  try {
    if (row.data !== null) mail = mailOf(row);
  } catch (error) {
    mail.text = `mail.ts cannot write it: ${error}`;
  }
  const { url = "" } = JSON.parse(row.data ?? "{}");
  const link = /^https?:/.test(url) ? escape(url) : "";
  const text = escape(mail.text);
  const time = row.createdAt.toISOString().slice(0, 19).replace("T", " ");
  return `<article>
<h2>${escape(mail.subject)}</h2>
<small>To ${escape(row.recipient)} · ${time} UTC · ${escape(state(row))}</small>
<pre>${link ? text.replaceAll(link, () => `<a href="${link}">${link}</a>`) : text}</pre>
</article>`;
}

/** Renders the messages with their state, and with their links until those expire.
 * @param {Row[]} rows @param {(row: Row) => import("./sender.d.mts").Mail} mailOf */
export function renderPage(rows, mailOf) {
  const articles = rows.map((row) => article(row, mailOf)).join("\n");
  const nothing = "<p>No mail has been written. Sign up, and look again.</p>";
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mails</title>
<style>${STYLE}</style>
<h1>Mails</h1>
${articles || nothing}
</html>
`;
  return new Response(body, { headers });
}
