import assert from "node:assert/strict";
import test from "node:test";
import { Browser, message } from "./browser.ts";

test("a user signs up, out and in again", async () => {
  const ada = await Browser.signedIn();
  await ada.request("/api/auth/sign-out", {});
  assert.equal((await ada.request("/me")).status, 401);
  assert.equal((await ada.signIn()).status, 200);
  assert.equal((await ada.request("/me")).status, 200);
});

test("a wrong password and a second sign-up are refused", async () => {
  const ada = await Browser.signedIn();
  const wrong = { email: ada.email, password: "not the password" };
  assert.equal((await ada.request("/api/auth/sign-in/email", wrong)).status, 401);
  assert.equal((await ada.signUp()).status, 422);
});

test("a page of another origin cannot sign a user out", async () => {
  const ada = await Browser.signedIn();
  const origin = "https://evil.example.com";
  assert.equal((await ada.request("/api/auth/sign-out", {}, { origin })).status, 403);
  assert.equal((await ada.request("/me")).status, 200);
});

test("a password is reset by a link in a mail", async () => {
  const ada = await Browser.signedIn();
  await ada.request("/api/auth/request-password-reset", { email: ada.email });
  const mail = await message(ada.email, /password/);
  const [, token] = /reset-password\/([^?]+)/.exec(mail) ?? [];
  const newPassword = crypto.randomUUID();
  const reset = await ada.request("/api/auth/reset-password", { token, newPassword });
  assert.equal(reset.status, 200);

  assert.equal((await ada.signIn()).status, 401);
  Object.assign(ada, { password: newPassword });
  assert.equal((await ada.signIn()).status, 200);
});

test("attempts are counted for each address, which a caller cannot choose", async () => {
  const guesser = new Browser();
  const ada = await Browser.signedIn();
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) statuses.push((await guesser.signIn()).status);
  assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
  assert.equal((await ada.signIn()).status, 200);

  // The proxy writes the true address last, whatever the caller claims.
  const claims = {
    "x-forwarded-for": `203.0.113.9, ${guesser.address}`,
    "x-client-address": "203.0.113.9",
  };
  assert.equal((await guesser.signIn(claims)).status, 429);
});
