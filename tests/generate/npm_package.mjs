// What the npm package's *generate* makes of schemas: reads [{ schema, official }] from stdin, and
// prints what it adds and what it refuses. `official` is what better-auth's generator makes of a
// schema, which is asked first: without it, the text to ask it about.
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
