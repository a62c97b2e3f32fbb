/** A message to a user. */
export interface Message {
  /** Selects the text. */
  kind: string;
  /** An e-mail address or a phone number. */
  to: string;
  /** The data of the text; `url` and `code` are credentials. */
  data: Record<string, string>;
  /** The minutes until its link or code expires. */
  minutes: number;
}

/** The part of the Prisma client that is used here. */
export interface Client {
  outboxMessage: {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    create(args: { data: any }): PromiseLike<unknown>;
  };
  $executeRawUnsafe(sql: string): PromiseLike<unknown>;
}

/** The Prisma client's errors. */
export interface Failure {
  code?: string;
  message?: string;
}

export interface Options {
  /** Whether to NOTIFY PostgreSQL's listeners. */
  notify?: boolean;
}

/**
 * Returns a function that inserts a message into the outbox.
 *
 * It returns at once and never throws, because the time or an error would reveal who has an account.
 * The insert is retried for some seconds while the database is unreachable, and a lost message is
 * logged.
 *
 * @param prisma a client whose schema has the model OutboxMessage
 */
export function outbox(prisma: Client, options?: Options): (message: Message) => void;

/** Waits until all messages are in the database; call it before the process ends. */
export function written(): Promise<void>;
