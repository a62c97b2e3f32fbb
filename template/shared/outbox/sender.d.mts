import type { Client } from "./store.d.mts";
import type { MailSettings } from "./settings.d.mts";

/** What a text is made of; a member that a kind does not have is undefined. */
export type Data = Readonly<Record<string, string>>;

/** A mail, but for its sender and its recipient. */
export interface Mail {
  subject: string;
  text: string;
  html?: string;
}

/** What nodemailer throws. */
export interface SmtpError extends Error {
  command?: string;
  responseCode?: number;
}

/** Thrown by a transport: this message will never be taken. */
export class RefusedError extends Error {}

/** Thrown by a transport: no message can be sent at the moment. */
export class UnreachableError extends Error {}

export interface Options {
  /** A client whose schema has the model OutboxMessage. */
  prisma: Client;
  settings: MailSettings;
  /** Makes the mail, for each kind of message. */
  mails: Record<string, (data: Data) => Mail>;
  /** Makes the text message, for each kind that is one. */
  texts?: Record<string, (data: Data) => string>;
  /** Sends a mail; SMTP without. */
  transport?: (to: string, mail: Mail) => Promise<void>;
  /** Sends a text message. */
  textTransport?: ((to: string, text: string) => Promise<void>) | undefined;
}

export interface MessageSender {
  /** Sends from now on. In production without a transport, it ends the process with a sentence. */
  start(): void;
  /** Ends with the message that is being sent. */
  stop(): Promise<void>;
  /** The page that shows a developer the latest messages; 404 in production. */
  page(request: Request): Promise<Response>;
  /** Deletes messages that were sent, or given up, longer ago; tells how many. */
  purge(days?: number): Promise<number>;
}

/**
 * Sends what `auth.ts` leaves in the outbox.
 *
 * Processes share the work: each message is sent by one of them, and by another one only if that
 * one is killed while it sends. A mail server that is away keeps nobody waiting; each message is
 * tried until its link or code is of no more use. In development, and with MAIL=log, messages are
 * logged instead, unless SMTP_URL names a server.
 */
export function createSender(options: Options): MessageSender;
