/** The settings of mails, empty where they are not set. */
export interface MailSettings {
  /** Such as smtps://user:password@smtp.example.com. */
  SMTP_URL: string;
  /** Such as My App <hello@example.com>. */
  MAIL_FROM: string;
  /** `log` writes messages into the log instead of sending them. */
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

/** The server of SMTP_URL; or what is wrong with that, without any part of it. */
export function readSmtpUrl(url: string): SmtpServer | string;

/** The sender of MAIL_FROM, unless it is none. */
export function readMailFrom(value: string): Sender | undefined;

/** What is wrong with the settings: the name of one, and the rest of a sentence. */
export function mailProblems(settings: MailSettings): [keyof MailSettings, string][];
