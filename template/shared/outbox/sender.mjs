// @ts-check
/** The background task that sends the messages of the outbox. All times are in seconds. */
import { arrivals } from "./enqueue.mjs";
import { renderPage } from "./page.mjs";
import { readMailFrom, readSmtpUrl } from "./settings.mjs";
import { store } from "./store.mjs";

/** @typedef {import("./store.d.mts").Row} Row */
/** @typedef {import("./sender.d.mts").Data} Data */
/** @typedef {import("./sender.d.mts").Mail} Mail */

/** How long a message stays claimed by its sender. */
const LEASE = 60;
/** The timeout of sending a message. */
const TIMEOUT = 45;
/** Between polls, for messages of other processes and retries. */
const INTERVAL = 1;
const LONGEST_UNREACHABLE = 30;
const LONGEST_RETRY = 600;
const EXPIRY = 60;
/** The keys of `data` whose values are credentials. */
const SECRETS = ["url", "code"];

/** The transport rejects the message permanently. */
export class RefusedError extends Error {}

/** The transport accepts no messages at the moment. */
export class UnreachableError extends Error {}

/** Names are untrusted: a spammer can sign up with a victim's address and an advertisement as the
 * name. They are shortened, links in them are broken, and characters that control a terminal or the
 * direction of text are removed.
 * @param {string} name */
function withoutLinks(name) {
  const apart = name
    .replace(/\s+/g, " ")
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, "")
    .trim()
    // The dots are those of domain names (UTS #46).
    .replace(/([./:@\u3002\uff0e\uff61])(?=\S)/g, "$1 ");
  return apart.length <= 60 ? apart : `${apart.slice(0, 60).trimEnd()}…`;
}

/** @param {Row} row @returns {Record<string, string>} */
const dataOf = (row) => JSON.parse(row.data ?? "{}");

/** @param {Row} row */
const secretsOf = (row) => SECRETS.flatMap((name) => dataOf(row)[name] || []);

/** @param {Row} row @returns {Data} */
function valuesOf(row) {
  const entries = Object.entries(dataOf(row));
  const safe = entries.map(([name, value]) => [
    name,
    SECRETS.includes(name) ? value : withoutLinks(value),
  ]);
  return Object.fromEntries(safe);
}

/** The text of an error, without the message's credentials.
 * @param {Row} row @param {unknown} error */
function hidden(row, error) {
  let text = (error instanceof Error && error.message) || String(error);
  for (const secret of secretsOf(row)) text = text.replaceAll(secret, "…");
  return text.replace(/\s+/g, " ").slice(0, 500);
}

/** @param {number} times @param {number} longest */
const doubled = (times, longest) => Math.min(2 ** (times - 1), longest);

/** @param {string} smtpUrl @param {string} mailFrom */
function smtp(smtpUrl, mailFrom) {
  const server = readSmtpUrl(smtpUrl);
  const from = readMailFrom(mailFrom);
  if (typeof server === "string" || !from) throw new Error("SMTP_URL or MAIL_FROM is wrong");
  return async (/** @type {string} */ to, /** @type {Mail} */ mail) => {
    if (!/^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+$/.test(to)) {
      throw new RefusedError(`It is not a mail address: ${to}`);
    }
    const { createTransport } = await import("nodemailer");
    const timeout = 20_000;
    const transport = createTransport({
      ...server,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from,
        to: { name: "", address: to },
        ...mail,
        // No automatic replies (RFC 3834).
        headers: { "Auto-Submitted": "auto-generated" },
      });
    } catch (error) {
      const { command, message, responseCode } = /** @type {import("./sender.d.mts").SmtpError} */ (
        error
      );
      // A rejected login or sender concerns every mail.
      if (!responseCode || !command || !/^(RCPT TO|DATA)$/.test(command)) {
        throw new UnreachableError(message);
      }
      if (responseCode >= 500) throw new RefusedError(message);
      throw error;
    } finally {
      transport.close();
    }
  };
}

/** See sender.d.mts.
 * @param {import("./sender.d.mts").Options} options
 * @returns {import("./sender.d.mts").MessageSender} */
export function createSender({ prisma, settings, mails, texts = {}, ...transports }) {
  const { SMTP_URL, MAIL_FROM, MAIL, isProduction } = settings;
  const outbox = store(prisma);
  const isLogged = MAIL === "log";
  const mailTransport = isLogged
    ? undefined
    : (transports.transport ?? (SMTP_URL ? smtp(SMTP_URL, MAIL_FROM) : undefined));
  const textTransport = isLogged ? undefined : transports.textTransport;

  let isStopping = false;
  let logged = "";
  let wake = () => {};
  /** @type {Promise<void> | undefined} */
  let running;

  /** @param {string} problem */
  function logOnce(problem) {
    if (problem && problem !== logged) console.error(problem);
    else if (logged && !problem) console.info("Messages are sent again");
    logged = problem;
  }

  /** @param {number} seconds @param {boolean} isShortened whether a new message ends it */
  const rest = (seconds, isShortened) =>
    new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      if (isStopping) return resolve();
      const timer = setTimeout(resolve, seconds * 1000).unref();
      wake = () => {
        if (!isShortened && !isStopping) return;
        clearTimeout(timer);
        resolve();
      };
    });

  /** @param {Row} row @returns {Mail} */
  function mailOf(row) {
    const values = valuesOf(row);
    const text = texts[row.kind];
    if (text) return { subject: "Text message", text: text(values) };
    const mail = mails[row.kind]?.(values);
    if (!mail) throw new Error(`There is no text for ${row.kind}`);
    return mail;
  }

  /** Resolves to whether a transport accepted it.
   * @param {Row} row */
  async function handOver(row) {
    const mail = mailOf(row);
    const isText = row.kind in texts;
    if (isText && textTransport) await textTransport(row.recipient, mail.text);
    else if (!isText && mailTransport) await mailTransport(row.recipient, mail);
    else {
      const what = secretsOf(row)[0] ?? mail.text;
      console.info(`To ${row.recipient}: ${mail.subject}: ${what}`);
      return false;
    }
    return true;
  }

  /** Records the result of a message, with retries while the database is unreachable.
   * @param {() => Promise<void>} write */
  async function settle(write) {
    for (let attempt = 1; attempt < 5; attempt++) {
      try {
        return await write();
      } catch (error) {
        logOnce(`The outbox cannot be written: ${lastLine(error)}`);
        await rest(attempt, false);
      }
    }
    await write();
  }

  /** @param {Row} row */
  async function send(row) {
    const { attempts, data, expiresAt, id, kind, recipient } = row;
    if (data === null || expiresAt <= new Date()) {
      return settle(() => outbox.failed(id, row.error ?? "It expired before it was sent."));
    }
    let timer;
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new UnreachableError("It takes too long")), TIMEOUT * 1000);
      });
      const isTransported = await Promise.race([handOver(row), late]);
      // In development, mails stay readable until they expire.
      await settle(() => outbox.sent(id, isProduction || isTransported === true));
    } catch (error) {
      const reason = hidden(row, error);
      if (error instanceof RefusedError) {
        console.error(`Refused for good: ${kind} to ${recipient}: ${reason}`);
        await settle(() => outbox.failed(id, reason));
      } else if (error instanceof UnreachableError) {
        await outbox.postponed(id, 1, reason);
        throw new UnreachableError(reason);
      } else {
        const pause = doubled(attempts + 1, LONGEST_RETRY);
        console.warn(`Not sent, tried again in ${pause} s: ${kind} to ${recipient}: ${reason}`);
        await outbox.postponed(id, pause, reason);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async function sendAll() {
    let away = 0;
    let nextExpiry = 0;
    while (!isStopping) {
      try {
        if (Date.now() >= nextExpiry) {
          for (const { kind, recipient } of await outbox.expire()) {
            console.error(`Expired before it was sent: ${kind} to ${recipient}`);
          }
          nextExpiry = Date.now() + EXPIRY * 1000;
        }
        for (let row; !isStopping && (row = await outbox.claim(LEASE)); away = 0) await send(row);
        logOnce("");
        await rest(INTERVAL, true);
      } catch (error) {
        if (error instanceof UnreachableError) {
          away += 1;
          logOnce(`Mails wait: ${error.message}`);
          await rest(doubled(away, LONGEST_UNREACHABLE), false);
        } else {
          logOnce(`The outbox cannot be read: ${lastLine(error)}`);
          await rest(5, false);
        }
      }
    }
  }

  const onArrival = () => wake();
  return {
    start() {
      const isMute = isProduction && !isLogged;
      if (isMute && !mailTransport) {
        refuse("Set SMTP_URL and MAIL_FROM, or MAIL=log: production sends mails.");
      }
      if (isMute && Object.keys(texts).length > 0 && !textTransport) {
        refuse("Set MAIL=log or write textTransport in mail.ts: production sends text messages.");
      }
      isStopping = false;
      arrivals.on("message", onArrival);
      running ??= sendAll();
    },
    async stop() {
      isStopping = true;
      arrivals.off("message", onArrival);
      wake();
      await running;
      running = undefined;
    },
    async page(request) {
      // DNS rebinding: another site's host name could resolve to this server, to read the links.
      // Next.js names itself in `request.url`, whichever host was asked for.
      const host = URL.parse(`http://${request.headers.get("host")}`)?.hostname;
      const own = [new URL(settings.BETTER_AUTH_URL).hostname, "localhost", "127.0.0.1"];
      if (isProduction || !host || !own.includes(host)) {
        return new Response("404 Not Found", { status: 404 });
      }
      try {
        return renderPage(await outbox.recent(50), mailOf);
      } catch (error) {
        const problem = `The outbox cannot be read: ${lastLine(error)}`;
        return new Response(problem, { status: 503 });
      }
    },
  };
}

/** @param {string} problem @returns {never} */
function refuse(problem) {
  console.error(problem);
  process.exit(1);
}

/** @param {unknown} error */
const lastLine = (error) =>
  (error instanceof Error ? error.message : String(error)).trim().split("\n").at(-1);
