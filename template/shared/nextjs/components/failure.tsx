import { failures } from "./failures.ts";

/** An error; any site can link here with an `?error=`, so its text is not shown. */
export function Failure({ error }: { error: string | string[] | undefined }) {
  if (typeof error !== "string") return null;
  const code = /^[\w-]{1,60}$/.test(error) ? ` (${error})` : "";
  return (
    <p role="alert" className="text-sm text-red-700 dark:text-red-400">
      {failures.get(error.toLowerCase()) ?? `Something went wrong${code}. Try again.`}
    </p>
  );
}
