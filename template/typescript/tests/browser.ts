import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { serve } from "@hono/node-server";

// The tests come through a proxy that is trusted, so that each browser has an address of its own.
process.env.TRUSTED_PROXIES = "127.0.0.1";
const { app } = await import("../src/app.ts");
const { env } = await import("../src/lib/env.ts");
const { prisma } = await import("../src/lib/prisma.ts");

const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
await once(server, "listening");
const { port } = server.address() as AddressInfo;

after(async () => {
  server.close();
  await prisma.$disconnect();
});

/** Talks to the application over HTTP, and keeps its cookies. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly address = Array.from({ length: 4 }, () => 1 + Math.floor(Math.random() * 254)).join(".");
  readonly email = `${crypto.randomUUID()}@example.com`;
  readonly password = crypto.randomUUID();

  /** A browser whose user is signed in. */
  static async signedIn(): Promise<Browser> {
    const browser = new Browser();
    let response = await browser.signUp();
    if (response.ok && browser.cookies.size === 0) {
      // auth.ts requires a verified address; the link in the mail does this.
      const { email } = browser;
      await prisma.user.update({ where: { email }, data: { emailVerified: true } });
      response = await browser.signIn();
    }
    if (!response.ok) throw new Error(await response.text());
    return browser;
  }

  /** Sends a GET request, or a POST request with this body. */
  async request(path: string, body?: object, headers: Record<string, string> = {}) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: body ? "POST" : "GET",
      redirect: "manual",
      headers: {
        origin: new URL(env.BETTER_AUTH_URL).origin,
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        "x-forwarded-for": this.address,
        ...(body && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  signUp() {
    const { email, password } = this;
    return this.request("/api/auth/sign-up/email", { name: "Ada", email, password });
  }

  signIn(headers: Record<string, string> = {}) {
    const { email, password } = this;
    return this.request("/api/auth/sign-in/email", { email, password }, headers);
  }
}
