// In order of precedence: most User-Agent headers also name other browsers and systems.
const browsers = new Map([
  ["Edg", "Edge"],
  ["OPR", "Opera"],
  ["FxiOS", "Firefox"],
  ["Firefox", "Firefox"],
  ["CriOS", "Chrome"],
  ["Chrome", "Chrome"],
  ["Safari", "Safari"],
]);
const systems = new Map([
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
]);

/** The browser and system of a User-Agent header, such as "Firefox on Linux". */
export const deviceOf = (userAgent = "") =>
  [browsers, systems]
    .map((names) => [...names].find(([sign]) => userAgent.includes(sign))?.[1])
    .filter(Boolean)
    .join(" on ") || "An unknown device";
