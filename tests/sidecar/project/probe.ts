/** Routes that tell what has arrived at the auth server, and that misbehave on demand. */
import { getIP } from "@better-auth/core/utils/ip";
import type { BetterAuthPlugin } from "better-auth";
import { createAuthEndpoint } from "better-auth/api";
import { z } from "zod";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const method = ["GET", "POST", "PUT", "PATCH", "DELETE"] as ("GET" | "POST")[];

let release = () => {};

export const probe = () =>
  ({
    id: "probe",
    // Answers before the body is read, but not before it has come, as a rate limit may.
    onRequest: async (request) => {
      if (!new URL(request.url).pathname.endsWith("/probe/unread")) return;
      await wait(100);
      return { response: new Response(null, { status: 429 }) };
    },
    endpoints: {
      request: createAuthEndpoint("/probe/request", { method }, async (ctx) =>
        ctx.json({
          method: ctx.request?.method,
          url: ctx.request?.url,
          headers: [...(ctx.headers ?? [])],
          body: await ctx.body,
          address: ctx.request && getIP(ctx.request, ctx.context.options),
        }),
      ),
      cookies: createAuthEndpoint("/probe/cookies", { method: "GET" }, async (ctx) => {
        ctx.setCookie("one", "1", { path: "/", httpOnly: true });
        ctx.setCookie("two", "2, and more", { path: "/", maxAge: 60 });
        return ctx.json({ ok: true });
      }),
      slow: createAuthEndpoint(
        "/probe/slow",
        { method, query: z.object({ ms: z.coerce.number() }) },
        async (ctx) => {
          await wait(ctx.query.ms);
          return ctx.json({ pid: process.pid });
        },
      ),
      stream: createAuthEndpoint("/probe/stream", { method: "GET" }, async () => {
        const parts = async function* () {
          for (const part of ["one ", "two ", "three"]) {
            yield new TextEncoder().encode(part);
            await wait(300);
          }
        };
        return new Response(ReadableStream.from(parts()) as ReadableStream, {
          headers: { "content-type": "text/plain" },
        });
      }),
      // Its second part waits for a request to the next route.
      held: createAuthEndpoint("/probe/held", { method: "GET" }, async () => {
        const released = new Promise<void>((resolve) => (release = resolve));
        const parts = async function* () {
          yield new TextEncoder().encode("one ");
          await released;
          yield new TextEncoder().encode("two");
        };
        return new Response(ReadableStream.from(parts()) as ReadableStream, {
          headers: { "content-type": "text/plain" },
        });
      }),
      release: createAuthEndpoint("/probe/release", { method: "GET" }, async (ctx) => {
        release();
        return ctx.json({ ok: true });
      }),
      endless: createAuthEndpoint("/probe/endless", { method: "GET" }, async () => {
        const parts = async function* () {
          try {
            for (;;) {
              yield new TextEncoder().encode("tick ");
              await wait(100);
            }
          } finally {
            console.info("the endless stream was left");
          }
        };
        return new Response(ReadableStream.from(parts()) as ReadableStream);
      }),
      end: createAuthEndpoint("/probe/end", { method: "POST" }, async (ctx) => {
        setTimeout(() => process.exit(3), 50);
        return ctx.json({ pid: process.pid });
      }),
    },
  }) satisfies BetterAuthPlugin;
