/** The WebAssembly schema engine, and helpers for its calls. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";
import { chooseDatabase } from "./databases.mjs";

async function loadWasm() {
  const glueFile = import.meta.resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const wasmFile = fileURLToPath(glueFile).replace(/\.js$/, ".wasm");
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmFile), {
    "./schema_engine_bg.js": glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/** The version that the CLI shows. */
export async function version() {
  await loadWasm();
  return glue.version();
}

/** The text of every schema file that a request is about. */
function schemaText(datamodels, { schema, from, to } = {}) {
  const sources = [schema, from, to].flatMap((source) => source?.files ?? []);
  return [...datamodels.map(([, text]) => text), ...sources.map(({ content }) => content)].join(
    "\n",
  );
}

/** Whether a request cannot be answered from schema files alone. */
function needsServer(method, { from, to } = {}) {
  if (method !== "diff") return true;
  const offline = ["empty", "schemaDatamodel"];
  return ![from, to].every(({ tag }) => offline.includes(tag));
}

/** Answers the CLI's requests. It connects when the first one arrives. */
export class Engine {
  #datasource;
  #datamodels;
  #print;
  #database;
  #wasm;

  /**
   * @param datasource the URLs, as the CLI passes them
   * @param datamodels pairs of a schema file's path and its text
   * @param print shows text to the user, through the CLI
   */
  constructor(datasource, datamodels, print) {
    this.#datasource = datasource;
    this.#datamodels = datamodels;
    this.#print = print;
  }

  /** Answers one request; throws errors whose message is for the user. */
  async call(method, params) {
    this.#database ??= chooseDatabase(
      this.#datasource,
      schemaText(this.#datamodels, params),
      needsServer(method, params),
    );
    if (method === "reset" && this.#database.reset) {
      this.#wasm = undefined;
      return this.#database.reset();
    }
    this.#wasm ??= await this.#start();

    switch (method) {
      case "getDatabaseVersion":
        return this.#wasm.version(params);
      case "introspect":
        return this.#wasm.introspect({ namespaces: null, ...params });
      case "diff": {
        const { stdout, ...result } = await this.#wasm.diff(params);
        if (stdout) this.#print(stdout);
        return { ...result, stdout: null };
      }
      default:
        return this.#wasm[method](params);
    }
  }

  async #start() {
    await this.#database.check(); // clearer than the engine's own error of a failed connection
    await loadWasm();
    const datamodels = this.#datamodels.length ? this.#datamodels : undefined;
    return glue.SchemaEngine.new(
      { datamodels },
      (line) => console.error(line),
      bindMigrationAwareSqlAdapterFactory(this.#database),
    );
  }
}
