import assert from "node:assert/strict";
import test from "node:test";
import { originCheck } from "../../template/shared/guard/index.mjs";

const own = "https://app.example.com";
const evil = "https://evil.example.com";
const isTrustedOrigin = (url) => new URL(url).origin === own;
const checkOrigin = originCheck({ $context: Promise.resolve({ isTrustedOrigin }) });

const cases = [
  ["GET", { origin: evil }, undefined],
  ["POST", {}, undefined],
  ["POST", { origin: own }, undefined],
  ["POST", { referer: `${own}/notes` }, undefined],
  ["POST", { "sec-fetch-site": "same-origin" }, undefined],
  ["POST", { "sec-fetch-site": "same-origin", origin: "null" }, undefined],
  ["POST", { origin: evil }, 403],
  ["DELETE", { origin: evil, "sec-fetch-site": "same-origin" }, 403],
  ["POST", { referer: `${evil}/` }, 403],
  ["POST", { origin: "null" }, 403],
  ["POST", { "sec-fetch-site": "cross-site" }, 403],
  ["POST", { "sec-fetch-site": "same-site" }, 403],
];
for (const [method, headers, status] of cases) {
  test(`${method} with ${JSON.stringify(headers)}: ${status ?? "accepted"}`, async () => {
    const request = new Request("https://app.example.com/notes", { method, headers });
    assert.equal((await checkOrigin(request))?.status, status);
  });
}
