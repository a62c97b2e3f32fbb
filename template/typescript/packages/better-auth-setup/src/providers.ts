import table from "./providers.json" with { type: "json" };

/** A provider of Prisma that better-auth can use. */
export type Provider = {
  name: string;
  label: string;
  /** The schemes of its URLs. */
  schemes: string[];
  /** The form of its URLs: "server", "file" or "properties". */
  form: string;
  port: number;
  /** The protocol by which setup recognizes its servers; null if setup does not recognize them. */
  protocol: string | null;
  /** Whether setup can start an embedded server. */
  embedded: boolean;
  /** Whether Prisma's schema engine has a WebAssembly build for it. */
  wasm: boolean;
};

export const providers: Provider[] = table;
