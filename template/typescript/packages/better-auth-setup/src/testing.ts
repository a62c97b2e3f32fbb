/** For the tests of an application: a server of their own, and its users. */
import { spawn } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { after } from "node:test";
import { setTimeout } from "node:timers/promises";

/**
 * Starts a server for the tests of this file, and ends it after them.
 *
 * @param command the arguments of Node.js that start it on port PORT of 127.0.0.1
 * @param settings environment variables besides PORT and BETTER_AUTH_URL, the server's address
 * @returns its origin, as soon as `/health` is OK there
 * @throws an error with the server's output, if it ends before
 */
export async function startServer(
  command: string[],
  settings: NodeJS.Dict<string> = {},
): Promise<string> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, command, {
    env: { ...process.env, PORT: `${port}`, BETTER_AUTH_URL: origin, ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let log = "";
  server.stdout.setEncoding("utf8").on("data", (text) => (log += text));
  after(() => server.kill());
  while (!(await fetch(`${origin}/health`).catch(() => null))?.ok) {
    if (server.exitCode !== null) throw new Error(`The server ended: ${log}`);
    await setTimeout(50);
  }
  return origin;
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(30_000, 32_000); // below those that systems give to connections
    const probe = createServer();
    const listening = once(probe, "listening");
    probe.listen(port, "127.0.0.1");
    const isFree = await listening.then(
      () => true,
      () => false,
    );
    probe.close();
    if (isFree) return port;
  }
}

/** Talks to an application over HTTP, and keeps its cookies; has a user and an address of its own. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly address = Array.from({ length: 4 }, () => randomInt(1, 255)).join(".");
  readonly email = `${randomUUID()}@example.com`;
  password: string = randomUUID();
  readonly #origin: string;

  /** @param origin where the application listens; it has to trust 127.0.0.1 as a proxy */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Sends a GET request, or a POST request with this body. */
  async request(
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const response = await fetch(this.#origin + path, {
      method: body ? "POST" : "GET",
      redirect: "manual",
      headers: {
        origin: this.#origin,
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

  signUp(): Promise<Response> {
    const { email, password } = this;
    return this.request("/api/auth/sign-up/email", { name: "Ada", email, password });
  }

  signIn(): Promise<Response> {
    const { email, password } = this;
    return this.request("/api/auth/sign-in/email", { email, password });
  }

  /**
   * Signs the user up and in.
   *
   * @param verify does what the link of the verification mail does, where `auth.ts` requires it
   * @throws what the server answered, if it is not successful
   */
  async enter(verify: (email: string) => Promise<unknown>): Promise<void> {
    let response = await this.signUp();
    if (response.ok && this.cookies.size === 0) {
      await verify(this.email);
      response = await this.signIn();
    }
    if (!response.ok) throw new Error(await response.text());
  }
}
