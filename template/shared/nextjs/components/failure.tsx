import { failures } from "./failures.ts";
import { Problem } from "./form.tsx";

/** An error; any site can link here with an `?error=`, so its text is not shown. */
export function Failure({ error }: { error: string | string[] | undefined }) {
  if (typeof error !== "string") return null;
  const code = /^[\w-]{1,60}$/.test(error) ? ` (${error})` : "";
  const text = failures.get(error.toLowerCase()) ?? `Something went wrong${code}. Try again.`;
  return <Problem text={text} />;
}
