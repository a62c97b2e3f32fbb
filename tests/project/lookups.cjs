// Writes the host names that a program looks up to the file LOOKUPS.
const { appendFileSync } = require("node:fs");
const dns = require("node:dns");

const note = (name) => appendFileSync(process.env.LOOKUPS, `${name}\n`);

function noted(lookup) {
  const descriptors = Object.getOwnPropertyDescriptors(lookup);
  const replacement = (name, ...rest) => {
    note(name);
    return lookup(name, ...rest);
  };
  return Object.defineProperties(replacement, descriptors);
}

note("localhost"); // shows that this was loaded
dns.lookup = noted(dns.lookup);
dns.promises.lookup = noted(dns.promises.lookup);
