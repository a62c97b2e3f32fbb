import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Problem } from "./report.ts";

/** Looks for the markers that an update leaves where your lines and the template's collide. */
export function conflicts(): string {
  const files = trackedFiles().filter((file) => {
    try {
      return /^<<<<<<< before updating/m.test(readFileSync(file, "utf8"));
    } catch {
      return false; // deleted, or a folder
    }
  });
  if (files.length === 0) return "none";
  throw new Problem(`An update left conflicts in ${files.join(", ")}. Resolve them first.`);
}

function trackedFiles(): string[] {
  try {
    const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const files = execFileSync("git", args, { stdio: ["ignore", "pipe", "ignore"] });
    return files.toString().split("\0").filter(Boolean);
  } catch {
    return ["prisma/schema.prisma", "package.json", "src/lib/auth.ts"]; // no git here
  }
}
