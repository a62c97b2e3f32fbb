// Answers questions about a database, one a line: to Prisma's client, or to better-auth's
// prismaAdapter upon it. See prisma_client.py.
import { createInterface } from 'node:readline'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'

const [folder, provider, url, additionalFields] = process.argv.slice(2)
const drivers = {
  // Prisma takes a timestamptz for a time of the session's zone, so that zone has to be UTC:
  // https://github.com/prisma/prisma/issues/26786
  postgresql: () => new PrismaPg({ connectionString: url, options: '-c TimeZone=UTC' }),
  sqlite: () => new PrismaLibSql({ url }),
  mysql: () => new PrismaMariaDb(url),
}
const { PrismaClient } = await import(`${folder}/generated/client.ts`)
const client = new PrismaClient({ adapter: drivers[provider]() })
const options = { user: { additionalFields: JSON.parse(additionalFields) } }
const official = prismaAdapter(client, { provider })(options)

// What JSON has no form for. A Date would be a string before `replacer` saw it.
delete Date.prototype.toJSON
function replacer(_, value) {
  if (value instanceof Date) return { $date: value.toISOString() }
  if (typeof value === 'bigint') return { $bigint: value.toString() }
  return value
}
function reviver(_, value) {
  if (value?.$date) return new Date(value.$date)
  if (value?.$bigint) return BigInt(value.$bigint)
  return value
}

async function answer({ target, method, argument }) {
  const [owner, name] = target === 'official' ? [official, method] : [client.user, method]
  return owner[name](argument)
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply
  try {
    reply = { value: (await answer(JSON.parse(line, reviver))) ?? null }
  } catch (error) {
    reply = { error: error.message, code: error.code }
  }
  console.log(JSON.stringify(reply, replacer))
}
await client.$disconnect()
