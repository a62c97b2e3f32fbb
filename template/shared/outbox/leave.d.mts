/** What happened, of which somebody is told. */
export interface Message {
  /** Chooses the text. */
  kind: string;
  /** A mail address, or the number of a telephone. */
  to: string;
  /** What the text is made of; `url` and `code` are secrets. */
  data: Record<string, string>;
  /** For how long its link or code is of use. */
  minutes: number;
}

/** As much of Prisma's client as is used here. */
export interface Client {
  outboxMessage: {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    create(args: { data: any }): PromiseLike<unknown>;
  };
  $executeRawUnsafe(sql: string): PromiseLike<unknown>;
}

/** What Prisma's client throws. */
export interface Failure {
  code?: string;
  message?: string;
}

export interface Options {
  /** Whether to tell PostgreSQL's listeners. */
  notify?: boolean;
}

/**
 * Gives a function that leaves a message in the outbox.
 *
 * It returns at once, and never fails: the time or the failure would tell who has an account. A
 * database that is away for some seconds loses no message; what is lost is in the log.
 *
 * @param prisma a client whose schema has the model OutboxMessage
 */
export function outbox(prisma: Client, options?: Options): (message: Message) => void;

/** Waits until what was left is in the database: before the process ends. */
export function written(): Promise<void>;
