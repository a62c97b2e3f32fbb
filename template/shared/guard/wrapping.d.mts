/** A text with its long lines broken, but not within commands; what is quoted in it stays whole. */
export function wrapped(text?: string): string;
