// The oldest Node must understand this file, so that it can say what it lacks.
"use strict";

var version = process.versions.node.split(".").map(Number);

exports.isOld = version[0] < 22 || (version[0] === 22 && version[1] < 18);

if (exports.isOld) {
  console.error(
    "Install Node.js 22.18 or newer, for example with your system's packages, nvm or\n" +
      "fnm, and try again. This is " +
      process.versions.node +
      ":\n" +
      process.execPath,
  );
  process.exitCode = 1;
}
