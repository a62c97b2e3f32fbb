// @ts-check
/** Inserting messages into the outbox, for auth.ts. */
import { EventEmitter } from "node:events";
import { setTimeout } from "node:timers/promises";

/** @typedef {import("./enqueue.d.mts").Message} Message */
/** @typedef {import("./enqueue.d.mts").Client} Client */

/** Wakes a sender in the same process. */
export const arrivals = new EventEmitter();

/** Pauses between retries while the database is unreachable, in seconds. */
const PAUSES = [0, 0.1, 1, 5];

/** @type {Set<Promise<void>>} */
const pending = new Set();

/** @param {Client} prisma @param {Message} message @param {boolean} notify */
async function write(prisma, { kind, to, data, minutes }, notify) {
  const now = Date.now();
  const row = {
    id: crypto.randomUUID(),
    kind,
    recipient: to,
    data: JSON.stringify(data),
    createdAt: new Date(now),
    dueAt: new Date(now),
    expiresAt: new Date(now + minutes * 60_000),
  };
  let failure;
  for (const pause of PAUSES) {
    if (pause) await setTimeout(pause * 1000);
    try {
      await prisma.outboxMessage.create({ data: row });
      if (notify) await prisma.$executeRawUnsafe("NOTIFY outbox_message");
      arrivals.emit("message");
      return;
    } catch (error) {
      const { code, message = "" } = /** @type {import("./enqueue.d.mts").Failure} */ (error);
      // The row exists already: only the response or the notification was lost.
      if (code === "P2002") return;
      failure = message.trim().split("\n").at(-1);
    }
  }
  console.error(`A message (${kind}) is lost: ${failure}`);
}

/** See enqueue.d.mts.
 * @param {Client} prisma @param {import("./enqueue.d.mts").Options} options */
export function outbox(prisma, { notify = false } = {}) {
  return (/** @type {Message} */ message) => {
    const writing = write(prisma, message, notify).finally(() => pending.delete(writing));
    pending.add(writing);
  };
}

/** See enqueue.d.mts. */
export async function written() {
  await Promise.all(pending);
}
