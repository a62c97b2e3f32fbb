import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "./report.ts";

/** Only SQLite may open this file: closing a file releases all locks of the process on it. */
export const lockFile = ".setup.lock";
/** The child processes of setup, which may outlive a killed setup. */
const programs = `${lockFile}.programs`;
const orphanSeconds = 120;

type Lock = { release: () => void };

/**
 * Acquires a lock that the operating system releases when this process ends, even if it is killed.
 * Node.js has no call for that, but its SQLite does it.
 *
 * @returns undefined if another process holds it
 */
async function take(path: string): Promise<Lock | undefined> {
  const { emitWarning } = process;
  process.emitWarning = () => {}; // that node:sqlite is experimental
  const { DatabaseSync } = await import("node:sqlite");
  process.emitWarning = emitWarning;
  try {
    const database = new DatabaseSync(path);
    try {
      database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      throw error;
    }
    return { release: () => database.close() };
  } catch (error) {
    const { errcode = 0, message } = error as Error & { errcode?: number };
    if ((errcode & 0xff) === 5) return undefined; // SQLITE_BUSY
    if ([8, 10, 14].includes(errcode & 0xff)) {
      throw new Problem(`The project's folder ${process.cwd()} is read-only for this user.`);
    }
    throw new Problem(`${path} cannot be locked: ${message}. Remove it and try again.`);
  }
}

/** Runs a function while holding a lock, after waiting for other processes that hold it. */
export async function exclusively<T>(
  path: string,
  milliseconds: number,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = Date.now() + milliseconds;
  let lock = await take(path);
  while (!lock && Date.now() < deadline) {
    await sleep(50);
    lock = await take(path);
  }
  if (!lock) {
    throw new Problem(
      `Another process has been working on ${dirname(path)} for over ${milliseconds / 1000} ` +
        "seconds; end it and try again.",
    );
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

let held: Lock | undefined;

/** Locks setup until this process ends; waits for child processes of a killed setup. */
export async function lock(): Promise<void> {
  held = await take(lockFile);
  if (!held) {
    throw new Problem("Another setup is running in this folder; wait until it has finished.");
  }
  const deadline = Date.now() + orphanSeconds * 1000;
  const left = existsSync(programs) ? readFileSync(programs, "utf8").split("\n").map(Number) : [];
  while (left.some((pid) => pid && isRunning(pid))) {
    if (Date.now() > deadline) {
      throw new Problem(
        "An installer that an interrupted setup started is still running; end it and run setup " +
          "again.",
      );
    }
    await sleep(200);
  }
  writeFileSync(programs, "");
}

/** Records a child process that the next setup has to wait for, even if this one is killed. */
export function noteProgram(pid: number): void {
  if (held) appendFileSync(programs, `${pid}\n`);
}
