/** A row of the model OutboxMessage in prisma/schema.prisma. */
export interface Row {
  id: string;
  kind: string;
  recipient: string;
  /** JSON; null after it was wiped. */
  data: string | null;
  createdAt: Date;
  dueAt: Date | null;
  expiresAt: Date;
  attempts: number;
  sentAt: Date | null;
  error: string | null;
}

/** The part of the Prisma client that is used here. */
export interface Client {
  outboxMessage: {
    findFirst(args: object): PromiseLike<Row | null>;
    findMany(args: object): PromiseLike<Row[]>;
    updateMany(args: object): PromiseLike<{ count: number }>;
    deleteMany(args: object): PromiseLike<{ count: number }>;
  };
}

/** Times are in seconds. */
export interface Store {
  /** Claims the message that is due first: no other sender gets it during the lease. */
  claim(lease: number): Promise<Row | null>;
  /** Marks a message as sent, and wipes its data if asked to. */
  sent(id: string, wipe: boolean): Promise<void>;
  /** Records why a message was not sent, and schedules its retry. */
  postponed(id: string, seconds: number, error: string): Promise<void>;
  /** Marks a message as failed for good, and wipes its data. */
  failed(id: string, error: string): Promise<void>;
  /** Wipes the data of expired messages; resolves to those that had not been sent. */
  expire(): Promise<Row[]>;
  /** The latest messages, newest first. */
  recent(limit: number): Promise<Row[]>;
  /** Deletes messages that were sent or failed longer ago; resolves to their number. */
  purge(age: number): Promise<number>;
}

/** The outbox of a client whose schema has the model OutboxMessage. */
export function store(prisma: Client): Store;

/** For `internalRoutes`: the outbox for a sender in Python without a driver for the database. */
export function outboxRoutes(
  prisma: Client,
): Record<string, (auth: unknown, request: Request) => Promise<Response>>;
