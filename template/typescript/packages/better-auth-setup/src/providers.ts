import table from "./providers.json" with { type: "json" };

/** A provider of Prisma that better-auth can use. */
export type Provider = {
  name: string;
  label: string;
  /** Those of its URLs. */
  schemes: string[];
  /** The form of its URLs: "server", "file" or "properties". */
  form: string;
  port: number;
  /** That of its servers; null if they cannot be recognized by it. */
  protocol: string | null;
  /** Whether setup can start an embedded server. */
  embedded: boolean;
  /** Whether Prisma's schema engine has a WebAssembly build for it. */
  wasm: boolean;
};

export const providers: Provider[] = table;
