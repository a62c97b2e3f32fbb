/** The mail settings; empty strings if they are not set. */
export interface MailSettings {
  /** Such as smtps://user:password@smtp.example.com. */
  SMTP_URL: string;
  /** Such as My App <hello@example.com>. */
  MAIL_FROM: string;
  /** `log` logs messages instead of sending them. */
  MAIL: string;
  BETTER_AUTH_URL: string;
  isProduction: boolean;
}

/** Options of nodemailer. */
export interface SmtpServer {
  host: string;
  port: number;
  secure: boolean;
  requireTLS: boolean;
  auth?: { user: string; pass: string };
}

export interface Sender {
  name: string;
  address: string;
}

/** Reads SMTP_URL, MAIL_FROM and MAIL from the environment. */
export function readMailSettings(): Pick<MailSettings, "SMTP_URL" | "MAIL_FROM" | "MAIL">;

/** The server of SMTP_URL, or what is wrong with the URL, without quoting it. */
export function readSmtpUrl(url: string): SmtpServer | string;

/** The sender of MAIL_FROM; undefined if it is not an address. */
export function readMailFrom(value: string): Sender | undefined;

/** Problems of the settings: a setting's name, and the rest of a sentence. */
export function mailProblems(settings: MailSettings): [keyof MailSettings, string][];
