import type { Client } from "./store.d.mts";
import type { MailSettings } from "./settings.d.mts";

/** The data of a text; keys that a kind of message lacks are undefined. */
export type Data = Readonly<Record<string, string>>;

/** The content of a mail, without sender and recipient. */
export interface Mail {
  subject: string;
  text: string;
  html?: string;
}

/** nodemailer's errors. */
export interface SmtpError extends Error {
  command?: string;
  responseCode?: number;
}

/** Thrown by a transport that rejects this message permanently. */
export class RefusedError extends Error {}

/** Thrown by a transport that accepts no messages at the moment. */
export class UnreachableError extends Error {}

export interface Options {
  /** A client whose schema has the model OutboxMessage. */
  prisma: Client;
  settings: MailSettings;
  /** Renders the mail, for each kind of message. */
  mails: Record<string, (data: Data) => Mail>;
  /** Renders the text message, for each kind that is one. */
  texts?: Record<string, (data: Data) => string>;
  /** Sends a mail; default: SMTP. */
  transport?: (to: string, mail: Mail) => Promise<void>;
  /** Sends a text message. */
  textTransport?: ((to: string, text: string) => Promise<void>) | undefined;
}

export interface MessageSender {
  /** Starts sending. In production without a transport, it exits the process with a message. */
  start(): void;
  /** Stops after the message that is being sent. */
  stop(): Promise<void>;
  /** The development page with the latest messages; 404 in production. */
  page(request: Request): Promise<Response>;
}

/**
 * Sends the messages that `auth.ts` inserts into the outbox.
 *
 * Processes share the outbox: each message is sent by one of them, and by another one only if the
 * first is killed while it sends. Requests do not wait for the mail server; each message is retried
 * until its link or code expires. With MAIL=log, and in development without SMTP_URL, messages are
 * logged instead of sent.
 */
export function createSender(options: Options): MessageSender;
