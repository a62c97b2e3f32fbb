/** What precedes the answer of a program in its output; the configuration may print, too. */
export const marker = "better-auth-setup answers: ";

/** The answer in a program's output; undefined if there is none. */
export function answerIn<T>(output: string): T | undefined {
  const line = output.split("\n").findLast((one) => one.startsWith(marker));
  return line === undefined ? undefined : (JSON.parse(line.slice(marker.length)) as T);
}
