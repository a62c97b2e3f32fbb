/** A message of the outbox: see prisma/schema.prisma. */
export interface Row {
  id: string;
  kind: string;
  recipient: string;
  /** JSON; null once it is wiped. */
  data: string | null;
  createdAt: Date;
  dueAt: Date | null;
  expiresAt: Date;
  attempts: number;
  sentAt: Date | null;
  error: string | null;
}

/** As much of Prisma's client as is used here. */
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
  /** Takes the message that is due for longest; for so long, no other sender takes it. */
  claim(lease: number): Promise<Row | null>;
  /** Writes down that a message is sent; its data goes, if it is to be wiped. */
  sent(id: string, wipe: boolean): Promise<void>;
  /** Writes down why a message was not sent, and when it is due again. */
  postponed(id: string, seconds: number, error: string): Promise<void>;
  /** Writes down why a message will never be sent. Its data goes. */
  failed(id: string, error: string): Promise<void>;
  /** Wipes the data of messages that are of no more use; gives those that had not been sent. */
  expire(): Promise<Row[]>;
  /** The latest messages, the newest one first. */
  recent(limit: number): Promise<Row[]>;
  /** Deletes messages that were sent, or given up, longer ago; tells how many. */
  purge(age: number): Promise<number>;
}

/** The outbox of a client whose schema has the model OutboxMessage. */
export function store(prisma: Client): Store;

/** For `internalRoutes`: the outbox for a sender in Python that cannot read the database itself. */
export function outboxRoutes(
  prisma: Client,
): Record<string, (auth: unknown, request: Request) => Promise<Response>>;
