// @ts-check
const width = 80;
const commandOrWord = /(?:(?<=\b[Rr]un: )|(?<=\bwith: )).+|\S+/g;
// A line of another program's report, or of a schema that it quotes.
const quoted = /^(\s|\d+ \|)/;

function broken(line = "") {
  const [first = "", ...words] = line.match(commandOrWord) ?? [];
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.join("\n");
}

/** A text with its long lines broken, but not within commands; what is quoted in it stays whole. */
export function wrapped(text = "") {
  const lines = text.split("\n").map((line) => {
    return line.length <= width || quoted.test(line) ? line.trimEnd() : broken(line);
  });
  return lines.join("\n");
}
