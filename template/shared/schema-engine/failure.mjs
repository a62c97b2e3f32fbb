/** An error for the user; with a code, the CLI shows it as "Error: P1001: message". */
export const failure = (code, message) => Object.assign(new Error(message), { code });
