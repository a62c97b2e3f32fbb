// The oldest Node must understand this file, so that it can say what it lacks.
"use strict";

var version = process.versions.node.split(".").map(Number);

exports.isOld = version[0] < 22 || (version[0] === 22 && version[1] < 18);

if (exports.isOld) {
  console.error(
    "Node.js 22.18 or newer is needed; this is " +
      process.versions.node +
      " (" +
      process.execPath +
      "). " +
      "Install a newer one, for example with your system's packages, nvm or fnm, and try again.",
  );
  process.exitCode = 1;
}
