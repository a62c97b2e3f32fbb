#!/usr/bin/env node
// The oldest Node must understand this file, so that it can say what it lacks.
"use strict";

var fs = require("fs");
var path = require("path");

// Before anything else: Copier can only create .env.local readable for other users.
var args = process.argv.slice(2);
var root = args[0] === "--root" ? args.splice(0, 2)[1] : "";
var changes = !args.some(function (arg) {
  return /^(-h|--help|--check)$/.test(arg);
});
var settings = path.join(root || ".", ".env.local");
if (args[0] === "setup" && changes && fs.existsSync(settings)) {
  try {
    fs.chmodSync(settings, parseInt("600", 8));
  } catch (error) {
    console.error("setup: Make " + settings + " a file of yours: " + error.message + ".");
    process.exit(1);
  }
}

/** What tools do not take in the name of a folder. */
function obstacle(folder) {
  if (path.sep === "/" && /[*?\\\r\n]/.test(folder)) {
    return "Node.js, tsx and PostgreSQL do not take *, ?, \\ or a line break";
  }
  if (/#/.test(folder) && fs.existsSync("next.config.ts")) return "Next.js does not build with #";
  return "";
}

var obstacleHere = obstacle(__dirname);
if (require("./check-node.cjs").isOld) {
  process.exitCode = 1;
} else if (obstacleHere) {
  console.error(
    "Rename the folder " +
      JSON.stringify(__dirname.replace(/\/packages\/better-auth-setup$/, "")) +
      ":\n" +
      obstacleHere +
      " in it.",
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
