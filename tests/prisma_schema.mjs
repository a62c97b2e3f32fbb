// Reads [question, schemas] and prints the answers: see node.py.
import prisma from '@prisma/prisma-schema-wasm'

const file = (schema) => [['schema.prisma', schema]]
// With an invalid URI, the formatter returns the schema unchanged; Prisma's CLI passes this one.
const options = { textDocument: { uri: 'file:/dev/null' }, options: { tabSize: 2, insertSpaces: true } }

function validate(schema) {
  try {
    prisma.validate(JSON.stringify({ prismaSchema: file(schema), noColor: true }))
    return null
  } catch (error) {
    return error.message
  }
}

const format = (schema) => JSON.parse(prisma.format(JSON.stringify(file(schema)), JSON.stringify(options)))[0][1]

const byKey = (list, ...keys) => list.toSorted((a, b) => (keys.map((k) => a[k]).join() < keys.map((k) => b[k]).join() ? -1 : 1))

// A unique of one column is the same as field and as block attribute. The parsed form leaves out
// the length of an index (MySQL), so the attributes that have one are added as they are written.
function meaning(schema) {
  const { models, enums, indexes } = JSON.parse(prisma.get_datamodel(JSON.stringify({ prismaSchema: file(schema), noColor: true })))
  const lengths = schema.match(/@@\w+\(.*length:.*/g) ?? []
  return {
    enums,
    models: byKey(models, 'name').map(({ name, dbName, fields, primaryKey }) => ({
      name,
      dbName,
      primaryKey,
      fields: byKey(fields, 'name').map(({ isUnique, ...field }) => field),
    })),
    indexes: indexes
      .map(({ isDefinedOnField, ...index }) => JSON.stringify(index))
      .toSorted(),
    lengths: lengths.toSorted(),
  }
}

const [question, schemas] = JSON.parse(await new Response(process.stdin).text())
console.log(JSON.stringify(schemas.map({ validate, format, meaning }[question])))
