/**
 * Stands for what tables do not depend on: a Prisma client, which may not be generated yet, its
 * driver adapters, and modules that only a framework's build has. Its properties and the
 * results of its calls are the stub again.
 */
const environment = new Proxy(() => "", {
  // jiti calls `bind` on an imported function.
  get: (_, name) => (name === "bind" ? () => environment : (process.env[String(name)] ?? "")),
});
const special = {
  __esModule: true,
  then: undefined, // or `await` would wait for it
  defineConfig: (config) => config,
  env: environment,
};
const stub = new Proxy(function () {}, {
  get(_, name) {
    if (name === Symbol.toPrimitive) return () => "";
    return Object.hasOwn(special, name) ? special[name] : stub;
  },
  apply: () => stub,
  construct: () => stub,
  set: () => true,
});
module.exports = stub;
