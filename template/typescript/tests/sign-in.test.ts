import assert from "node:assert/strict";
import test from "node:test";
import { Browser } from "./browser.ts";

const { prisma } = await import("../src/lib/prisma.ts");

test("a user signs up, out and in again", async () => {
  const ada = await Browser.signedIn();
  await ada.request("/api/auth/sign-out", {});
  assert.equal((await ada.request("/me")).status, 401);
  assert.equal((await ada.signIn()).status, 200);
  assert.equal((await ada.request("/me")).status, 200);
});

test("a wrong password is refused, and a second sign-up does not change the password", async () => {
  const ada = await Browser.signedIn();
  const wrong = { email: ada.email, password: "not the password" };
  await ada.request("/api/auth/sign-up/email", { name: "Eve", ...wrong });
  assert.equal((await ada.request("/api/auth/sign-in/email", wrong)).status, 401);
  assert.equal((await ada.signIn()).status, 200);
});

test("a sign-out from another origin is refused", async () => {
  const ada = await Browser.signedIn();
  const origin = "https://evil.example.com";
  assert.equal((await ada.request("/api/auth/sign-out", {}, { origin })).status, 403);
  assert.equal((await ada.request("/me")).status, 200);
});

test("a password is reset by a link in a mail", async () => {
  const ada = await Browser.signedIn();
  await ada.request("/api/auth/request-password-reset", { email: ada.email });
  const where = { kind: "reset-password", recipient: ada.email };
  let message;
  while (!message?.data) message = await prisma.outboxMessage.findFirst({ where });
  const [, token] = /reset-password\/([^?]+)/.exec(message.data) ?? [];
  const newPassword = crypto.randomUUID();
  const reset = await ada.request("/api/auth/reset-password", { token, newPassword });
  assert.equal(reset.status, 200);

  assert.equal((await ada.signIn()).status, 401);
  ada.password = newPassword;
  assert.equal((await ada.signIn()).status, 200);
});

test("attempts are limited by an address that callers cannot forge", async () => {
  const guesser = new Browser();
  const ada = await Browser.signedIn();
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) statuses.push((await guesser.signIn()).status);
  assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
  assert.equal((await ada.signIn()).status, 200);

  // The proxy appends the real address to what the caller sent.
  const claims = {
    "x-forwarded-for": `203.0.113.9, ${guesser.address}`,
    "x-client-address": "203.0.113.9",
  };
  assert.equal((await guesser.signIn(claims)).status, 429);
});
