#!/usr/bin/env node
// The oldest Node must understand this file, so that it can say what it lacks.
"use strict";

var fs = require("fs");
var path = require("path");

if (require("./check-node.cjs").isOld) {
  process.exitCode = 1;
} else if (path.sep === "/" && /[*\\\r\n]/.test(__dirname)) {
  console.error(
    "Rename the folder " +
      JSON.stringify(__dirname.replace(/\/packages\/better-auth-setup$/, "")) +
      ": Node.js and PostgreSQL do not work in one with *, \\ or a line break in its name.",
  );
  process.exitCode = 1;
} else {
  // Node.js compiles this package once, not once a command; see src/run.ts.
  if (fs.existsSync("node_modules")) {
    require("module").enableCompileCache(
      path.resolve("node_modules/.cache/better-auth-setup/node"),
    );
  }
  // A published package holds JavaScript alone: Node strips no types below node_modules.
  var source = fs.existsSync(path.join(__dirname, "src"));
  import(source ? "./src/cli.ts" : "./dist/cli.js").catch(function (error) {
    console.error(error);
    process.exitCode = 1;
  });
}
