#!/usr/bin/env node
/**
 * A replacement for Prisma's native `schema-engine`, which needs no download from Prisma and keeps the
 * database's password out of the process list.
 * Point PRISMA_SCHEMA_ENGINE_BINARY at this file. The Prisma CLI runs it in three ways:
 *
 *   schema-engine --version
 *   schema-engine --datasource JSON cli can-connect-to-database | create-database
 *   schema-engine [--datamodels FILE]... [--datasource JSON]   JSON-RPC, a message per line
 *
 * The work is done by @prisma/schema-engine-wasm, which reaches the database through a
 * driver adapter. It supports PostgreSQL, CockroachDB and SQLite only.
 *
 * Nothing but Node's own modules may be imported at the top: without its packages the engine
 * must still be able to say that they are missing.
 */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));

/** Imports a module of this folder that needs packages from npm. */
async function load(module) {
  try {
    return await import(module);
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error(`The packages of the schema engine are missing; run "npm install" in ${here}.`);
  }
}

/** Writes a log line of the form that the CLI reads from standard error. */
function log(level, { message, code, stack }) {
  const fields = { message, error_code: code, backtrace: stack };
  const target = "schema_engine::logger";
  console.error(JSON.stringify({ level, target, fields }));
}

async function printVersion() {
  try {
    const { version } = await load("./engine.mjs");
    console.log(`schema-engine-cli ${await version()}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** `schema-engine cli COMMAND`: reports by its exit status and the log. */
async function runCommand(command, datasource) {
  log("INFO", { message: `Running ${command}` }); // the CLI skips the first line
  try {
    const { chooseDatabase } = await load("./databases.mjs");
    const database = chooseDatabase(datasource, "");
    await (command === "create-database" ? database.create() : database.check());
  } catch (error) {
    log("ERROR", error);
    process.exitCode = 1;
  }
}

/**
 * A promise that rejects when the WebAssembly panics. A panic surfaces as an uncaught exception, and
 * the call that caused it never settles. If the engine just exited then, the CLI would stop silently,
 * with status 0: the request has to fail instead.
 */
function panics() {
  let panic;
  const set_message = (message) => (panic = message);
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message };
  const crash = new Promise((_, reject) => {
    process.on("uncaughtException", ({ stack }) =>
      reject(new Error(`The schema engine crashed: ${panic ?? stack}`)),
    );
  });
  crash.catch(() => {});
  return crash;
}

/** Answers JSON-RPC requests on standard input until it closes. */
async function serve(datasource, datamodels) {
  const crash = panics();
  const send = (message) =>
    process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const print = (content) => send({ id: "print", method: "print", params: { content } });

  let engine;
  async function answer(method, params) {
    const { Engine } = await load("./engine.mjs");
    engine ??= new Engine(datasource, datamodels, print);
    return engine.call(method, params);
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line);
    if (!method) continue; // the CLI's acknowledgement of a "print"
    try {
      const result = await Promise.race([answer(method, params), crash]);
      send({ id, result: result ?? null });
    } catch ({ message, code }) {
      const data = { is_panic: false, message, error_code: code, meta: {} };
      send({ id, error: { code: 4466, message, data } });
    }
  }
}

const { values, positionals } = parseArgs({
  strict: false,
  options: {
    version: { type: "boolean" },
    datamodels: { type: "string", multiple: true },
    datasource: { type: "string" },
  },
});
// Other users can read arguments: setup and installed.mjs replace each password by the name of an
// environment variable that contains it.
const datasource = JSON.parse(values.datasource ?? "{}", (_, value) =>
  typeof value === "string"
    ? value.replace(/PASSWORD_OF_\w+/, (name) => process.env[name] ?? name)
    : value,
);
process.on("SIGTERM", () => process.exit(0));

if (values.version) {
  await printVersion();
} else if (positionals[0] === "cli") {
  await runCommand(positionals[1], datasource);
} else {
  const files = values.datamodels ?? [];
  const datamodels = files.map((file) => [file, readFileSync(file, "utf8")]);
  await serve(datasource, datamodels);
  process.exit();
}
