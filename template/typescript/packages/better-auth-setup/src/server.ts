import { existsSync } from "node:fs";
import { connect } from "node:net";
import { getSystemErrorMessage } from "node:util";
import { origin } from "./settings.ts";
import type { Provider } from "./providers.ts";
import { Problem } from "./report.ts";

const timeout = 5000;

// PostgreSQL's SSLRequest, to which a server answers S or N.
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** The server's protocol: MySQL sends the first packet, PostgreSQL waits for the client. */
function protocolOf(answer: Buffer): string | undefined {
  if (/^[SN]$/.test(answer.toString("latin1"))) return "PostgreSQL";
  // MySQL's first packet: the number 0, then the protocol version or an error.
  return answer[3] === 0 && (answer[4] === 10 || answer[4] === 255) ? "MySQL" : undefined;
}

/**
 * Connects to a server, without logging in: Prisma tries the password later.
 *
 * @param provider the project's provider
 * @param key the setting that names the server
 * @throws a Problem if nothing answers, or a server of another kind
 */
export function reach(provider: Provider, host: string, port: number, key: string): Promise<void> {
  const { embedded, label, protocol } = provider;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const correct = `correct ${origin(key)}`;
  const isOurs = embedded && key === "DATABASE_URL" && host === "127.0.0.1";
  const isDeleted = isOurs && !existsSync(".postgres");
  const restart = isDeleted
    ? ", or empty it if you deleted .postgres: setup makes a new embedded PostgreSQL"
    : "";
  const address = `${host}:${port}`;
  const socket = connect({ host, port, timeout });
  const fail = (why: string) =>
    reject(
      new Problem(
        `The database server at ${address} cannot be reached (${why}); start it or ` +
          `${correct}${restart}.`,
      ),
    );
  socket.once("connect", () => {
    if (!protocol) resolve();
    if (protocol === "PostgreSQL") socket.write(sslRequest);
  });
  socket.once("data", (answer) => {
    const found = protocolOf(answer);
    if (found === protocol) return resolve();
    const what = found ? `is ${found}` : "has another protocol";
    reject(
      new Problem(
        `The server at ${address} ${what}, but the project was made for ${label}; ` + `${correct}.`,
      ),
    );
  });
  socket.once("timeout", () => fail("no answer within 5 seconds"));
  socket.once("close", () => fail("it closed the connection"));
  socket.once("error", ({ errno, message }: NodeJS.ErrnoException) =>
    fail(errno === undefined || errno < -1000 ? message : getSystemErrorMessage(errno)),
  );
  return promise.finally(() => socket.destroy());
}
