import assert from "node:assert/strict";
import test from "node:test";
import { signedIn, visitor } from "./browser.ts";

test("the application and its database answer", async () => {
  const browser = visitor();
  assert.equal((await browser.request("/")).status, 200);
  const health = await browser.request("/health");
  assert.deepEqual([health.status, await health.json()], [200, { status: "ok" }]);
});

test("/me is protected", async () => {
  const ada = await signedIn();
  const user = (await (await ada.request("/me")).json()) as { email: string };
  assert.equal(user.email, ada.email);
  assert.equal((await visitor().request("/me")).status, 401);
});

test("a write from another origin is refused", async () => {
  const ada = await signedIn();
  const post = async (headers: Record<string, string>) =>
    (await ada.request("/nowhere", {}, headers)).status;
  assert.equal(await post({}), 404);
  assert.equal(await post({ origin: "https://evil.example.com" }), 403);
  assert.equal(await post({ origin: "null" }), 403);
});
