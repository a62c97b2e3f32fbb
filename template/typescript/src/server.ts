import { serve } from "@hono/node-server";
import { env, problems } from "./lib/env.ts";

const found = problems();
if (found.length > 0) {
  for (const problem of found) console.error(problem);
  process.exit(1);
}

const { app } = await import("./app.ts");
const { prisma } = await import("./lib/prisma.ts");

const server = serve({ fetch: app.fetch, hostname: env.HOST, port: env.PORT }, ({ port }) => {
  console.info(`Listening on http://${env.HOST}:${port}`);
});

server.on("error", (error: NodeJS.ErrnoException) => {
  console.error(
    error.code === "EADDRINUSE"
      ? `Port ${env.PORT} is in use; set PORT in .env.local to another one.`
      : `The server cannot listen on ${env.HOST}:${env.PORT}: ${error.message}`,
  );
  process.exit(1);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    server.close(() => void prisma.$disconnect().then(() => process.exit()));
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
}
