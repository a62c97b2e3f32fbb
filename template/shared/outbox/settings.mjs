// @ts-check
/** Parses SMTP_URL, MAIL_FROM and MAIL. */

const FORM = "smtps://user:password@smtp.example.com";

/** See settings.d.mts. */
export function readMailSettings() {
  const { SMTP_URL = "", MAIL_FROM = "", MAIL = "" } = process.env;
  return { SMTP_URL, MAIL_FROM, MAIL };
}

/** @param {string} url @returns {import("./settings.d.mts").SmtpServer | string} */
export function readSmtpUrl(url) {
  const found = URL.parse(url);
  if (!found || !/^smtps?:$/.test(found.protocol) || !found.hostname) {
    return `is not of the form ${FORM} (or smtp://…, with a port at its end)`;
  }
  if (found.pathname.replace(/^\/$/, "") || found.search || found.hash) {
    return `must end with the port, such as ${FORM}:465. Percent-encode / ? # and @ in the password`;
  }
  if (Boolean(found.username) !== Boolean(found.password)) {
    return "must have a user and a password, or neither";
  }
  const secure = found.protocol === "smtps:";
  const host = found.hostname.replace(/^\[|\]$/g, "");
  const isLocal = /^(localhost|127(\.\d+){3}|::1)$/.test(host);
  try {
    const user = decodeURIComponent(found.username);
    const pass = decodeURIComponent(found.password);
    return {
      host,
      port: Number(found.port) || (secure ? 465 : 587),
      secure,
      // Never send a password unencrypted, except to this machine.
      requireTLS: Boolean(user) && !secure && !isLocal,
      ...(user && { auth: { user, pass } }),
    };
  } catch {
    return "has a % that is not percent-encoding; write %25 for it";
  }
}

/** @param {string} value @returns {import("./settings.d.mts").Sender | undefined} */
export function readMailFrom(value) {
  const bare = String.raw`([^\s@<>(),;:"]+@[\w-]+(?:\.[\w-]+)*)`;
  const [, address] = new RegExp(`^\\s*${bare}\\s*$`).exec(value) ?? [];
  if (address) return { name: "", address };
  const [, named, inside] = new RegExp(`^\\s*([^<>@]*?)\\s*<${bare}>\\s*$`).exec(value) ?? [];
  return inside ? { name: named?.replace(/^"(.*)"$/, "$1") ?? "", address: inside } : undefined;
}

/** See settings.d.mts.
 * @param {import("./settings.d.mts").MailSettings} settings
 * @returns {[keyof import("./settings.d.mts").MailSettings, string][]} */
export function mailProblems({ SMTP_URL, MAIL_FROM, MAIL }) {
  /** @type {[keyof import("./settings.d.mts").MailSettings, string][]} */
  const found = [];
  const server = SMTP_URL ? readSmtpUrl(SMTP_URL) : undefined;
  if (typeof server === "string") found.push(["SMTP_URL", server]);
  if (MAIL_FROM && !readMailFrom(MAIL_FROM)) {
    const example = "My App <hello@example.com>";
    found.push(["MAIL_FROM", `is not an address, such as ${example}: ${MAIL_FROM}`]);
  }
  if (SMTP_URL && !MAIL_FROM) {
    found.push(["MAIL_FROM", "is not set. Write the sender of mails: My App <hello@example.com>"]);
  }
  // Login shells set MAIL to the mailbox of the Unix user.
  if (MAIL && MAIL !== "log" && !MAIL.startsWith("/")) {
    found.push(["MAIL", `is neither log nor unset: ${MAIL}`]);
  }
  return found;
}
