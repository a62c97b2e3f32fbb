import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout } from "node:timers/promises";
import { prisma } from "../src/lib/prisma.ts";
import { signedIn } from "./browser.ts";

test("a user signs up, out and in again", async () => {
  const ada = await signedIn();
  await ada.request("/api/auth/sign-out", {});
  assert.equal((await ada.request("/me")).status, 401);
  assert.equal((await ada.signIn()).status, 200);
  assert.equal((await ada.request("/me")).status, 200);
});

test("a password is reset by a link in a mail", async () => {
  const ada = await signedIn();
  await ada.request("/api/auth/request-password-reset", { email: ada.email });
  const where = { kind: "reset-password", recipient: ada.email };
  let message = null;
  for (let tries = 0; !message && tries < 100; tries++) {
    await setTimeout(50); // it is written after the response
    message = await prisma.outboxMessage.findFirst({ where });
  }
  const [, token] = /reset-password\/([^?]+)/.exec(message?.data ?? "") ?? [];
  const newPassword = crypto.randomUUID();
  const reset = await ada.request("/api/auth/reset-password", { token, newPassword });
  assert.equal(reset.status, 200);

  assert.equal((await ada.signIn()).status, 401);
  ada.password = newPassword;
  assert.equal((await ada.signIn()).status, 200);
});
