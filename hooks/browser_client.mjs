// Reads the names of plugin packages; prints the bundle and the files that went into it.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const entry = [
  'export { createAuthClient } from "better-auth/client";',
  'export * from "better-auth/client/plugins";',
  ...JSON.parse(readFileSync(0, "utf8")).map(
    (name) => `export * from "@better-auth/${name}/client";`,
  ),
  'export { encode as encodeQr } from "uqr";',
];
const { metafile, outputFiles } = await build({
  stdin: { contents: entry.join("\n"), resolveDir: process.cwd() },
  bundle: true,
  define: { "process.env.NODE_ENV": '"production"' },
  format: "esm",
  legalComments: "none",
  metafile: true,
  minify: true,
  platform: "browser",
  target: "es2022",
  write: false,
});
const [output] = Object.values(metafile.outputs);
const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
console.log(
  JSON.stringify({ text: outputFiles[0].text, inputs: inputs.map(([file]) => file).sort() }),
);
