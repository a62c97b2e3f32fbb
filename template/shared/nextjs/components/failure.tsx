import { failures } from "./failures.ts";

/** What went wrong; anybody can write a link with an `?error=`, so its own words are not shown. */
export function Failure({ error }: { error: string | string[] | undefined }) {
  if (typeof error !== "string") return null;
  const code = /^[\w-]{1,60}$/.test(error) ? ` (${error})` : "";
  return (
    <p role="alert" className="text-sm text-red-700 dark:text-red-400">
      {failures.get(error.toLowerCase()) ?? `Something went wrong${code}. Try again.`}
    </p>
  );
}
