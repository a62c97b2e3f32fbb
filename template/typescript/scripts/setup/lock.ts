import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem } from "./report.ts";

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Keeps a second setup of this project away until this process ends. */
export function lock(): void {
  const name = createHash("sha256").update(process.cwd()).digest("hex").slice(0, 16);
  const file = join(tmpdir(), `setup-${name}.lock`);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      process.once("exit", () => rmSync(file, { force: true }));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = Number(readFileSync(file, "utf8"));
      if (owner && isRunning(owner)) {
        throw new Problem(
          `Another setup of this project is running (process ${owner}). Wait for it.`,
        );
      }
      rmSync(file, { force: true });
    }
  }
}
