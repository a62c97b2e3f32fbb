import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, Server } from "node:http";
import test from "node:test";
import {
  addClientAddresses,
  addressHeader,
  withClientAddress,
} from "../../template/shared/guard/address.mjs";

const name = addressHeader("9Zk2vQ7mXw4TnRb8LsYc3HpJd6FgAe1U");
const forged = { "x-client-address": "203.0.113.9", "x-forwarded-for": "203.0.113.9" };

test("the header's name is another one with another secret", () => {
  assert.match(name, /^x-client-address-[0-9a-f]{32}$/);
  assert.notEqual(addressHeader("another"), name);
});

test("a caller cannot choose the address that limits count", () => {
  const request = new Request("https://app.example.com", { headers: forged });
  const seen = (address, trustedProxies) =>
    withClientAddress(request, address, { name, trustedProxies }).headers.get(name);
  assert.equal(seen("198.51.100.7", []), "198.51.100.7");
  assert.equal(seen(undefined, []), null);
  assert.equal(seen("10.0.0.1", ["10.0.0.1"]), "203.0.113.9, 10.0.0.1");
});

for (const [trustedProxies, address] of [
  [[], "127.0.0.1"],
  [["127.0.0.1"], "203.0.113.9, 127.0.0.1"],
]) {
  test(`every server of the process adds ${address}, whatever a caller sends`, async (t) => {
    const { emit } = Server.prototype;
    addClientAddresses({ name, trustedProxies });
    const server = createServer((request, response) => response.end(request.headers[name]));
    t.after(() => {
      Server.prototype.emit = emit;
      server.close();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const headers = { ...forged, [name]: "203.0.113.10" };
    const response = await fetch(`http://127.0.0.1:${server.address().port}`, { headers });
    assert.equal(await response.text(), address);
  });
}
