// Connects to the database with the application's own client. A separate program, because it imports
// the application's code.
//
// Usage: connect CLIENT PLACE    CLIENT is the module that exports `prisma`, PLACE where the URL is set
//
// If the connection fails, it prints what to change in a line that begins with "problem: ", and exits
// with status 1. A missing database is not a failure: Prisma's CLI creates it.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

type Cause = { kind?: string; reason?: string; originalMessage?: string; user?: string };
type Failure = Error & { meta?: { driverAdapterError?: { cause?: Cause } } };
type Client = { $queryRawUnsafe: (sql: string) => Promise<unknown> };

const [client = "", place = ""] = process.argv.slice(2);

/** What to change after a failed connection. */
function advice(error: Failure): string | undefined {
  if (error.name === "DatabaseUrlError") return `${error.message} The value is that of ${place}.`;
  if (!isLoaded)
    return `Correct ${client}, which cannot be loaded: ${error.message.replace(/\s+/g, " ")}.`;
  const { kind, reason, originalMessage, user } = error.meta?.driverAdapterError?.cause ?? {};
  const message = reason ?? originalMessage ?? error.message.trim().split("\n").at(-1) ?? "";
  const isMysql = /^mysql:/.test(process.env["DATABASE_URL"] ?? "");
  const [authority, anyone] = isMysql
    ? ["sslcert=", "sslaccept=accept_invalid_certs"]
    : ["sslrootcert=", "sslmode=no-verify"];
  const [, parameter] = /unsupported startup parameter(?: in options)?: (\w+)/.exec(message) ?? [];

  if (kind === "DatabaseDoesNotExist") return undefined;
  if (parameter) return `Remove ${parameter}= from ${place}: the pooler does not take it.`;
  if (kind === "AuthenticationFailed") {
    return `Correct ${place}: the server does not accept the password of "${user}".`;
  }
  if (/no encryption|SSL off|insecure transport/i.test(message)) {
    const verified = isMysql ? "sslaccept=strict" : "sslmode=verify-full";
    return `Add ${verified} to ${place}: the server requires TLS.`;
  }
  if (/valid client certificate/.test(message)) {
    return `Add sslcert= and sslkey= to ${place}: the server requires a client certificate.`;
  }
  if (/not support SSL/i.test(message)) {
    return `Remove the parameters of TLS, such as sslmode=, from ${place}: the server has no TLS.`;
  }
  if (/altnames|Hostname/.test(message)) {
    return `Name the host in ${place} as its certificate does, or add ${anyone}: ${message}.`;
  }
  if (/certificate|issuer|TLS/i.test(message)) {
    return `Add ${authority} (its authority's file) or ${anyone} to ${place}: ${message}.`;
  }
  return `Correct ${place}: the application cannot connect (${message}).`;
}

let isLoaded = false;
try {
  const module = (await import(pathToFileURL(resolve(client)).href)) as { prisma: Client };
  isLoaded = true;
  await module.prisma.$queryRawUnsafe("SELECT 1");
} catch (error) {
  const remedy = advice(error as Failure);
  if (remedy) {
    process.exitCode = 1;
    console.log(`\nproblem: ${remedy}`);
  }
}
process.exit();
