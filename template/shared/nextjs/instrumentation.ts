/** Runs once before the server answers, and not during the build. */
export async function register() {
  if (process.env.NEXT_RUNTIME === "nodejs") await import("./lib/start.ts");
}
