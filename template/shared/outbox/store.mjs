// @ts-check
/** The outbox's table, accessed with Prisma on every provider. */

/** @typedef {import("./store.d.mts").Row} Row */

/** See store.d.mts.
 * @param {import("./store.d.mts").Client} prisma
 * @returns {import("./store.d.mts").Store} */
export function store(prisma) {
  const table = prisma.outboxMessage;
  const inSeconds = (/** @type {number} */ seconds) => new Date(Date.now() + seconds * 1000);
  return {
    async claim(lease) {
      for (;;) {
        const where = { dueAt: { lte: new Date() } };
        const row = await table.findFirst({ where, orderBy: { dueAt: "asc" } });
        if (!row) return null;
        const { id, dueAt, attempts } = row;
        // Of concurrent senders, only one matches this condition.
        const { count } = await table.updateMany({
          where: { id, dueAt, attempts },
          data: { dueAt: inSeconds(lease), attempts: attempts + 1 },
        });
        if (count === 1) return row;
      }
    },
    async sent(id, wipe) {
      const data = { sentAt: new Date(), dueAt: null, error: null, ...(wipe && { data: null }) };
      await table.updateMany({ where: { id }, data });
    },
    async postponed(id, seconds, error) {
      await table.updateMany({ where: { id }, data: { dueAt: inSeconds(seconds), error } });
    },
    async failed(id, error) {
      await table.updateMany({ where: { id }, data: { dueAt: null, data: null, error } });
    },
    async expire() {
      const where = { expiresAt: { lte: new Date() }, data: { not: null } };
      const rows = await table.findMany({ where });
      for (const { id, sentAt, error } of rows) {
        const lost = sentAt
          ? {}
          : { dueAt: null, error: error ?? "It expired before it was sent." };
        await table.updateMany({ where: { id }, data: { data: null, ...lost } });
      }
      return rows.filter(({ sentAt }) => !sentAt);
    },
    async recent(limit) {
      return table.findMany({ orderBy: { createdAt: "desc" }, take: limit });
    },
    async purge(seconds) {
      const before = { lt: inSeconds(-seconds) };
      const where = { OR: [{ sentAt: before }, { dueAt: null, expiresAt: before }] };
      return (await table.deleteMany({ where })).count;
    },
  };
}

/** See store.d.mts.
 * @param {import("./store.d.mts").Client} prisma */
export function outboxRoutes(prisma) {
  const calls = /** @type {Record<string, (...given: unknown[]) => Promise<unknown>>} */ (
    /** @type {unknown} */ (store(prisma))
  );
  return {
    "POST outbox": async (/** @type {unknown} */ _, /** @type {Request} */ request) => {
      const { call, given } = await request.json();
      if (!Object.hasOwn(calls, call)) return new Response(null, { status: 404 });
      return Response.json((await calls[call]?.(...given)) ?? null);
    },
  };
}
