// Runs the npm package's *generate* on schemas: reads { source, schemas: [{ schema, official }] }
// from stdin, and prints the additions to each schema, and the problems. `official` is the result
// of better-auth's generator for the schema. Without it, prints the text to give that generator.
const { source, schemas } = JSON.parse(await new Response(process.stdin).text())
const { withoutComments } = await import(`${source}/schema.ts`)
const { additions, capitalized, inAscii } = await import(`${source}/document.ts`)
const { impossible, oversights } = await import(`${source}/compare.ts`)

const answers = schemas.map(({ schema, official }) => {
  const { text, restoreAdditions, restoreMessage } = capitalized(withoutComments(schema).replaceAll('\r\n', '\n'))
  if (!official) return text
  const answer = { path: 'auth.ts', hooked: false, ...official, after: official.after || text }
  const configuration = JSON.parse(inAscii(JSON.stringify(answer)))
  const added = additions(text, configuration)
  const problems = [...oversights(text, configuration), ...impossible(text, added, configuration)]
  return { added: restoreAdditions(added), problems: problems.map(restoreMessage) }
})
console.log(JSON.stringify(answers))
