import assert from "node:assert/strict";
import test from "node:test";
import { Browser } from "./browser.ts";

const { outbox } = await import("../src/lib/messages.ts");

test("the application and its database are well", async () => {
  const browser = new Browser();
  assert.equal((await browser.request("/")).status, 200);
  const health = await browser.request("/health");
  assert.deepEqual([health.status, await health.json()], [200, { status: "ok" }]);
});

test("somebody signs up, out and in again", async () => {
  const browser = new Browser();
  assert.equal((await browser.request("/me")).status, 401);
  assert.equal((await browser.signUp()).status, 200);
  const user = (await (await browser.request("/me")).json()) as { email: string };
  assert.equal(user.email, browser.email);

  await browser.request("/api/auth/sign-out", {});
  assert.equal((await browser.request("/me")).status, 401);
  assert.equal((await browser.signIn()).status, 200);
  assert.equal((await browser.request("/me")).status, 200);
});

test("a wrong password and a second sign-up are refused", async () => {
  const browser = new Browser();
  await browser.signUp();
  const { email } = browser;
  const wrong = { email, password: "not the password" };
  assert.equal((await browser.request("/api/auth/sign-in/email", wrong)).status, 401);
  assert.equal((await browser.signUp()).status, 422);
});

test("a page of a stranger cannot act for somebody who is signed in", async () => {
  const browser = new Browser();
  await browser.signUp();
  const stranger = { origin: "https://stranger.example.com" };
  assert.equal((await browser.request("/api/auth/sign-out", {}, stranger)).status, 403);
  assert.equal((await browser.request("/me")).status, 200);
});

test("a password is chosen anew by a link in a mail", async () => {
  const browser = new Browser();
  await browser.signUp();
  const { email } = browser;
  await browser.request("/api/auth/request-password-reset", { email });
  const mail = outbox.findLast(({ to, subject }) => to === email && /password/.test(subject));
  const [, token] = /reset-password\/([^?]+)/.exec(mail?.text ?? "") ?? [];
  const newPassword = crypto.randomUUID();
  const reset = await browser.request("/api/auth/reset-password", { token, newPassword });
  assert.equal(reset.status, 200);

  assert.equal((await browser.signIn()).status, 401);
  Object.assign(browser, { password: newPassword });
  assert.equal((await browser.signIn()).status, 200);
});

test("attempts are counted for each caller, not for all together", async () => {
  const guesser = new Browser();
  const others = new Browser();
  await others.signUp();
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) statuses.push((await guesser.signIn()).status);
  assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
  assert.equal((await others.signIn()).status, 200);

  // Whatever else the guesser claims to be, the proxy wrote the address last.
  const claims = {
    "x-forwarded-for": `203.0.113.9, ${guesser.address}`,
    "x-client-address": "203.0.113.9",
  };
  assert.equal((await guesser.signIn(claims)).status, 429);
});
