// Prints what each route of better-auth takes, from its own zod schemas, one per line.
import { auth } from "./src/lib/auth.ts";

function written(schema) {
  const def = schema?._zod?.def;
  switch (def?.type) {
    case "optional":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return written(def.innerType);
    case "nullable":
      return `${written(def.innerType)}|null`;
    case "string":
      if (def.coerce) return "text";
      if (schema.format === "url") return "url";
      if (patterns(def).includes("^[a-zA-Z0-9_-]+$")) return "word";
      return shortest(def) > 0 ? "string+" : "string";
    case "number":
      return def.coerce ? "count" : "number";
    case "boolean":
      return def.coerce ? "any" : "boolean";
    case "null":
      return "null";
    case "literal":
      return `<${def.values.join(",")}>`;
    case "enum":
      return `<${Object.values(def.entries).join(",")}>`;
    case "array":
      return `[${written(def.element)}]`;
    case "record":
      return `{${written(def.valueType)}}`;
    case "object":
      return `(${members(schema)})`;
    case "union":
      return [...new Set(def.options.map(written))].join("|");
    case "intersection":
      return written(def.left);
    case "pipe":
      return def.in._zod.def.type === "transform" ? "any" : written(def.in);
    default:
      return "any";
  }
}

const shortest = (def) =>
  Math.max(0, ...(def.checks ?? []).map(({ _zod }) => _zod.def.minimum ?? 0));

const patterns = (def) =>
  (def.checks ?? []).flatMap(({ _zod }) => _zod.def.pattern?.source ?? []);

function members(schema) {
  return Object.entries(schema._zod.def.shape)
    .map(([name, member]) => `${name}${member._zod.optin ? "?" : ""}:${written(member)}`)
    .join(" ");
}

const lines = [];
for (const { path, options } of Object.values(auth.api)) {
  if (!path || options.metadata?.SERVER_ONLY) continue;
  for (const method of [options.method].flat()) {
    const schema = method === "GET" ? options.query : options.body;
    const optional = schema?._zod?.optin ? "?" : "";
    const types = options.metadata?.allowedMediaTypes ?? ["application/json"];
    const forms = types.includes("application/x-www-form-urlencoded");
    const media = !forms ? "" : types.length === 1 ? " form" : " form/json";
    const takes = schema ? written(schema) : "any";
    if (media || takes !== "any") lines.push(`${method} ${path}${media} ${optional}${takes}`);
  }
}
console.log(lines.sort().join("\n"));
process.exit();
