import assert from "node:assert/strict";
import test from "node:test";
import { originCheck, trustedBy } from "../../template/shared/guard/index.mjs";

const own = "https://app.example.com";
const evil = "https://evil.example.com";
const checkOrigin = originCheck(trustedBy([own]));

const cases = [
  ["GET", { origin: evil }, undefined],
  ["POST", {}, undefined],
  ["POST", { authorization: "Bearer a" }, undefined],
  ["POST", { cookie: "a=b" }, 403],
  ["POST", { cookie: "a=b", origin: "" }, 403],
  ["GET", { cookie: "a=b" }, undefined],
  ["POST", { cookie: "a=b", referer: `${own}/notes` }, undefined],
  ["POST", { cookie: "a=b", "sec-fetch-site": "same-origin" }, undefined],
  ["POST", { cookie: "a=b", origin: own }, undefined],
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

const matcher = `${process.env.NODE_MODULES}/better-auth/dist/auth/trusted-origins.mjs`;
const { matchesOriginPattern } = await import(matcher);

const patterns = [
  "https://app.example.com",
  "http://localhost:3000",
  "https://*.example.com",
  "http://*.example.com:8080",
  "*.example.com",
  "https://app?.example.com",
  "http://192.168.*.*",
  "10.*",
  "*",
  "myapp://",
];
const urls = [
  "https://app.example.com",
  "https://app.example.com/notes?a=b",
  "https://app.example.com:8443",
  "https://a.b.example.com",
  "https://app1.example.com",
  "https://example.com",
  "https://example.com.evil.example",
  "https://evil.example/app.example.com",
  "https://appXexample.com",
  "http://app.example.com:8080",
  "http://localhost:3000",
  "http://localhost:3001",
  "http://192.168.1.2",
  "http://192.168.evil.example",
  "http://10.1.2.3",
  "http://10.evil.example",
  "myapp://host",
  "null",
  "",
];
for (const pattern of patterns) {
  test(`${pattern} is matched as better-auth does`, () => {
    for (const url of urls) {
      // Pages have http or https; better-auth also admits applications.
      const expected = /^https?:/.test(url) && matchesOriginPattern(url, pattern);
      assert.equal(trustedBy([pattern])(url), expected, url);
    }
  });
}
