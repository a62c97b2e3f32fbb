import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "./report.ts";

/** The process of setup, then those of the programs that it has started. */
const file = ".setup.lock";
const orphanSeconds = 120;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function acquire(): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
    process.once("exit", () => rmSync(file, { force: true }));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS") throw error;
    throw new Problem(`The project's folder ${process.cwd()} is read-only for this user.`);
  }
}

let isHeld = false;

/** Keeps a second setup away until this process ends; waits for what a killed one left running. */
export async function lock(): Promise<void> {
  const deadline = Date.now() + orphanSeconds * 1000;
  while (!acquire()) {
    const [setup = 0, ...programs] = readFileSync(file, "utf8").split("\n").map(Number);
    if (setup && isRunning(setup)) {
      throw new Problem("Another setup is running in this folder; wait until it has finished.");
    }
    if (!programs.some((pid) => pid && isRunning(pid))) rmSync(file, { force: true });
    else if (Date.now() < deadline) await sleep(200);
    else {
      throw new Problem(
        "An installer that an interrupted setup started is still running; end it and run setup " +
          "again.",
      );
    }
  }
  isHeld = true;
}

/** Notes a program that must have ended before the next setup, even if this one is killed. */
export function noteProgram(pid: number): void {
  if (isHeld) appendFileSync(file, `${pid}\n`);
}
