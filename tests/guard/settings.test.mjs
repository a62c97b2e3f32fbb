import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import test from "node:test";
import { loadEnvFiles } from "../../template/shared/guard/env-files.mjs";
import {
  checkSettings,
  isLoopback,
  list,
  listeningProblem,
  originsOf,
  providersOff,
  readSettings,
  reportProvidersOff,
  settingsProblems,
  signingSecret,
  text,
  texts,
} from "../../template/shared/guard/settings.mjs";

const module = import.meta.resolve("../../template/shared/guard/env-files.mjs");
const settingsModule = import.meta.resolve("../../template/shared/guard/settings.mjs");

const good = {
  DATABASE_URL: "file:./app.db",
  BETTER_AUTH_SECRET: "9Zk2vQ7mXw4TnRb8LsYc3HpJd6FgAe1U",
  BETTER_AUTH_SECRETS: [],
  BETTER_AUTH_URL: "https://app.example.com",
  BETTER_AUTH_ENV: "production",
  TRUSTED_ORIGINS: ["https://*.example.com"],
  TRUSTED_PROXIES: ["10.0.0.0/8", "::1"],
  PORT: 3000,
  isProduction: true,
  GITHUB_CLIENT_ID: "",
  GITHUB_CLIENT_SECRET: "",
  STRIPE_SECRET_KEY: "set",
  OAUTH_PROXY_PRODUCTION_URL: "https://app.example.com",
};

const socialKeys = { github: ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"] };
const checks = {
  setup: "npm run setup",
  databaseUrlProblem: (url) => (url.startsWith("file:") ? "" : "Write file: first."),
  socialKeys,
  pluginKeys: {
    STRIPE_SECRET_KEY: "the secret key of your Stripe account",
    OAUTH_PROXY_PRODUCTION_URL: "the URL of production",
  },
};
const start = process.cwd();

/** An empty folder, until the test ends. */
function newFolder(context) {
  const folder = mkdtempSync(`${tmpdir()}/settings-`);
  context.after(() => {
    process.chdir(start);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

const found = (settings) => settingsProblems({ ...good, ...settings }, checks);

test("good settings are accepted", () => {
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ BETTER_AUTH_URL: "http://localhost:3000", isProduction: false }), []);
  assert.deepEqual(found({ STRIPE_SECRET_KEY: "", isProduction: false }), []);
  const secrets = [`2:${good.BETTER_AUTH_SECRET}`, `1:${good.BETTER_AUTH_SECRET.toLowerCase()}`];
  assert.deepEqual(found({ BETTER_AUTH_SECRET: "", BETTER_AUTH_SECRETS: secrets }), []);
});

test("production refuses weak and published secrets, and does not repeat them", () => {
  const published = "better-auth-secret-12345678901234567890";
  for (const weak of ["hunter2", "a".repeat(40), "0123456789abcdef".repeat(2), published]) {
    for (const settings of [{ BETTER_AUTH_SECRET: weak }, { BETTER_AUTH_SECRETS: [`1:${weak}`] }]) {
      const problems = found(settings).join();
      assert.match(problems, /^BETTER_AUTH_SECRETS? is too weak/);
      assert.ok(!problems.includes(weak));
    }
  }
});

const wrong = [
  [{ DATABASE_URL: "" }, "DATABASE_URL is not set. Run: npm run setup"],
  [{ DATABASE_URL: "x" }, "DATABASE_URL cannot be used. Write file: first."],
  [{ BETTER_AUTH_SECRET: "" }, "BETTER_AUTH_SECRET is not set. Run: npm run setup"],
  [
    { BETTER_AUTH_SECRETS: [good.BETTER_AUTH_SECRET] },
    "BETTER_AUTH_SECRETS is not of the form 2:new-secret,1:old-secret",
  ],
  [{ BETTER_AUTH_ENV: "prod" }, "BETTER_AUTH_ENV is neither development nor production"],
  [{ PORT: Number("80 80") }, "PORT is not a number from 0 to 65535"],
  [
    { BETTER_AUTH_URL: "http://a.example.com" },
    "BETTER_AUTH_URL must be https in production: http://a.example.com",
  ],
  ...["a.example.com", "https://a.example.com/b"].map((url) => [
    { BETTER_AUTH_URL: url },
    `BETTER_AUTH_URL is not an http or https origin: ${url}`,
  ]),
  [
    { TRUSTED_ORIGINS: ["https://a.example.com/"] },
    "TRUSTED_ORIGINS has an origin with a path; leave it out: https://a.example.com/",
  ],
  [
    { TRUSTED_PROXIES: ["proxy"] },
    "TRUSTED_PROXIES has an entry that is not an address or network: proxy",
  ],
  [
    { GITHUB_CLIENT_ID: "set" },
    "Set GITHUB_CLIENT_SECRET as well as GITHUB_CLIENT_ID in .env.local, or neither.",
  ],
  [
    { OAUTH_PROXY_PRODUCTION_URL: "app.example.com" },
    "OAUTH_PROXY_PRODUCTION_URL is not an http or https address: app.example.com",
  ],
  [
    { STRIPE_SECRET_KEY: "" },
    "STRIPE_SECRET_KEY is not set: the secret key of your Stripe account",
  ],
];
for (const [settings, sentence] of wrong) {
  test(`${JSON.stringify(settings)} is reported`, () =>
    assert.deepEqual(found(settings), [sentence]));
}

test("an empty variable counts as unset, and a problem is reported with its source", (context) => {
  process.chdir(newFolder(context));
  writeFileSync(".env.local", "GUARD_A=of-local\nPORT=80 80\n");
  writeFileSync(".env", "GUARD_A=of-env\nGUARD_B=x, y z,\n");
  process.env.GUARD_A = "";
  process.env.GUARD_C = "of-environment";
  loadEnvFiles();
  assert.equal(text("GUARD_A"), "of-local");
  assert.deepEqual(list("GUARD_B"), ["x", "y", "z"]);
  assert.equal(text("GUARD_C"), "of-environment");
  assert.equal(text("GUARD_D", "otherwise"), "otherwise");
  const keys = { one: ["GUARD_A", "GUARD_D"], two: ["GUARD_C"] };
  assert.deepEqual(texts(keys), { GUARD_A: "of-local", GUARD_D: "", GUARD_C: "of-environment" });
  assert.match(found({ PORT: Number("80 80") })[0], /^PORT of .env.local is not/);
  assert.match(
    listeningProblem({ code: "EADDRINUSE" }),
    /^Port 80 80 is in use. Set PORT of .env.local to another one.$/,
  );
});

const port = "PORT=80 80\n";
const bad = "is not a number from 0 to 65535";
for (const [kind, files, variables, place] of [
  ["hono", { ".env.local": port, ".env": port }, {}, ".env.local, which overrides .env,"],
  ["hono", { ".env.local": "PORT=\n", ".env": port }, { PORT: "" }, ".env"],
  ["hono", { ".env": port }, { PORT: "x" }, "the environment, which overrides .env,"],
  ["hono", { ".env.local": "A=b", ".env": "A=b" }, { PORT: "x" }, "the environment"],
  // Next.js has put the values of its files into the environment.
  ["nextjs", { ".env.production": port, ".env": port }, { PORT: "80 80" }, ".env.production"],
  ["nextjs", { ".env.local": "PORT=x\n", ".env": port }, { PORT: "80 80" }, ".env"],
  ["nextjs", { ".env.local": "PORT=1\n" }, { PORT: "80 80" }, "the environment"],
]) {
  test(`${kind}: PORT is wrong in ${place}`, (context) => {
    const folder = newFolder(context);
    mkdirSync(`${folder}/packages`);
    for (const [file, text] of Object.entries(files)) writeFileSync(`${folder}/${file}`, text);
    const script = `
      import { readSettings, settingsProblems } from "${settingsModule}";
      ${kind === "hono" ? `import { loadEnvFiles } from "${module}"; loadEnvFiles();` : ""}
      const settings = { ...${JSON.stringify(good)}, PORT: readSettings().PORT };
      const checks = { setup: "", databaseUrlProblem: () => "" };
      console.log(settingsProblems(settings, checks)[0]);
    `;
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: folder,
      env: { NODE_ENV: "production", ...variables },
      encoding: "utf8",
    });
    assert.equal(output.trim(), `PORT of ${place} ${bad}`);
  });
}

test("long lists of social providers fit the terminal", (context) => {
  const info = context.mock.method(console, "info", () => undefined);
  reportProvidersOff([]);
  assert.equal(info.mock.callCount(), 0);
  reportProvidersOff(["github", "google", "microsoft", "apple", "discord", "facebook", "twitch"]);
  const [message] = info.mock.calls[0].arguments;
  assert.ok(message.split("\n").every((line) => line.length <= 80) && message.endsWith("twitch"));
});

const direct = "the URL past the pooler";
for (const [environment, local, file, url] of [
  [{}, ["DATABASE_URL"], ["DIRECT_URL"], "of .env.local"],
  [{}, ["DATABASE_URL", "DIRECT_URL"], [], direct],
  [{}, ["DIRECT_URL"], ["DATABASE_URL"], direct],
  [{ DIRECT_URL: direct }, [], ["DATABASE_URL"], direct],
  [{ DATABASE_URL: "given" }, ["DATABASE_URL", "DIRECT_URL"], [], "given"],
  [{}, [], [], ""],
]) {
  const places = JSON.stringify([environment, local, file]);
  test(`Prisma's CLI gets the direct URL of the same database: ${places}`, (context) => {
    const folder = newFolder(context);
    const lines = (keys, place) =>
      keys.map((key) => `${key}=${key === "DIRECT_URL" ? direct : `of ${place}`}\n`).join("");
    writeFileSync(`${folder}/.env.local`, lines(local, ".env.local"));
    writeFileSync(`${folder}/.env`, lines(file, ".env"));
    const script = `import { prismaUrl } from "${module}"; console.log(prismaUrl());`;
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: folder,
      env: environment,
      encoding: "utf8",
    });
    assert.equal(output.trim(), url);
  });
}

test("development also trusts both names of this machine", () => {
  const at = (BETTER_AUTH_URL) => originsOf({ ...good, BETTER_AUTH_URL, isProduction: false });
  const own = good.TRUSTED_ORIGINS;
  assert.deepEqual(originsOf(good), own);
  assert.deepEqual(at("http://localhost:3000"), [
    ...own,
    "http://localhost:3000",
    "http://127.0.0.1:3000",
  ]);
  assert.deepEqual(at("https://localhost"), [...own, "https://localhost", "https://127.0.0.1"]);
  const urls = ["http://localhost:3000", "http://127.1.2.3", "http://[::1]:1", "https://a.example"];
  assert.deepEqual(urls.map(isLoopback), [true, true, true, false]);
});

test("trusted origins are compared as browsers send them", (context) => {
  const original = process.env;
  context.after(() => (process.env = original));
  const given = [
    "HTTPS://App.Example.com:443",
    "http://A.example.com:80",
    "https://*.B.example:443",
  ];
  const other = [
    "https://a.example.com:80",
    "https://a.example.com:8443",
    "*.example.com",
    "App://a",
  ];
  process.env = { TRUSTED_ORIGINS: [...given, ...other].join() };
  const read = ["https://app.example.com", "http://a.example.com", "https://*.b.example"];
  assert.deepEqual(readSettings().TRUSTED_ORIGINS, [...read, ...other]);
});

test("the newest secret signs", () => {
  const secrets = { BETTER_AUTH_SECRET: "older", BETTER_AUTH_SECRETS: ["2:new", "1:old"] };
  assert.equal(signingSecret(secrets), "new");
  assert.equal(signingSecret({ ...secrets, BETTER_AUTH_SECRETS: [] }), "older");
});

test("a social provider without any key is off", () => {
  assert.deepEqual(providersOff(good, socialKeys), ["github"]);
  assert.deepEqual(providersOff({ ...good, GITHUB_CLIENT_ID: "set" }, socialKeys), []);
});

test("the URL follows the port, and whether it is production follows the URL", (context) => {
  const original = process.env;
  context.after(() => (process.env = original));
  const read = (environment, ...defaults) => {
    process.env = environment;
    return readSettings(...defaults);
  };
  assert.equal(read({ PORT: "4000" }).BETTER_AUTH_URL, "http://localhost:4000");
  const behind = read({}, { baseUrl: "http://localhost:8000" });
  assert.deepEqual([behind.BETTER_AUTH_URL, behind.PORT], ["http://localhost:8000", 3000]);
  const url = { BETTER_AUTH_URL: "https://app.example.com" };
  assert.deepEqual([read({}).isProduction, read(url).isProduction], [false, true]);
  assert.equal(read({ ...url, BETTER_AUTH_ENV: "development" }).isProduction, false);

  const buildUrl = "file:./app.db";
  const built = read({ NEXT_PHASE: "phase-production-build" }, { buildUrl });
  assert.equal(built.DATABASE_URL, buildUrl);
  assert.ok(built.BETTER_AUTH_SECRET);
  const started = read({}, { buildUrl });
  assert.deepEqual([started.DATABASE_URL, started.BETTER_AUTH_SECRET], ["", ""]);
});

test("a process with wrong settings ends", (context) => {
  const exit = context.mock.method(process, "exit", () => undefined);
  const error = context.mock.method(console, "error", () => undefined);
  const checks = { setup: "setup", databaseUrlProblem: () => undefined };
  checkSettings(good, checks);
  assert.equal(exit.mock.callCount(), 0);
  checkSettings({ ...good, DATABASE_URL: "" }, checks);
  assert.deepEqual(exit.mock.calls[0].arguments, [1]);
  assert.deepEqual(error.mock.calls[0].arguments, ["DATABASE_URL is not set. Run: setup"]);
  checkSettings({ ...good, BETTER_AUTH_URL: "https://app.example.com/with/a/long/path" }, checks);
  assert.deepEqual(error.mock.calls[1].arguments, [
    "BETTER_AUTH_URL is not an http or https origin:\nhttps://app.example.com/with/a/long/path",
  ]);
});
