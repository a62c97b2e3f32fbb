// The official generator, for many questions at once: reads lines of [{ provider, features, options }],
// and prints the Prisma schema for each. If a question names a module with `describe`, prints the
// description of the tables instead. official.py defines the features.
import { createInterface } from 'node:readline'
import * as api from 'auth/api'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { getAuthTables } from 'better-auth/db'
import * as betterAuthPlugins from 'better-auth/plugins'
import { createAccessControl } from 'better-auth/plugins/access'
import Stripe from 'stripe'

let known
const names = { ...betterAuthPlugins, createAccessControl, Stripe }

// The rules of indexes came with 1.7.
const internal = await import('@better-auth/core/db/internal').catch(() => ({}))

const evaluate = (text) => new Function(...Object.keys(names), `return (${text})`)(...Object.values(names))

async function pluginOf(name, features) {
  const { import: path, export: constructor, arguments: own = 'undefined' } = known[name]
  const options = features.filter((feature) => known[feature].plugin === name)
  let argument = evaluate(own)
  for (const option of options) argument = { ...argument, ...evaluate(known[option].arguments) }
  return (await import(path))[constructor](argument)
}

async function generate({ provider, features, existing, described, options: more = '{}', adapter = '{}' }) {
  const plugins = features.filter((feature) => known[feature].import)
  const options = {
    secret: 'x'.repeat(32),
    emailAndPassword: { enabled: true },
    plugins: await Promise.all(plugins.map((name) => pluginOf(name, features))),
    ...Object.assign({}, ...features.map((name) => evaluate(known[name].options ?? '{}'))),
  }
  // Nothing is queried.
  options.database = prismaAdapter({}, { provider, transaction: true, ...evaluate(adapter) })
  const { plugins: others = [], ...own } = evaluate(more)
  Object.assign(options, own, { plugins: [...options.plugins, ...others] })
  if (described) return (await import(described)).describe(options, { getAuthTables, ...internal })
  const file = existing ?? `/nonexistent/${crypto.randomUUID()}.prisma`
  const { code } = await api.generatePrismaSchema({ adapter: options.database(options), options, file })
  return code
}

for await (const line of createInterface({ input: process.stdin })) {
  const { features, questions } = JSON.parse(line)
  known = features
  const answers = []
  for (const question of questions) {
    // Owners' schemas can break the generator; the template's must not.
    answers.push(await (question.mayFail ? generate(question).catch((error) => ({ error: error.message })) : generate(question)))
  }
  console.log(JSON.stringify(answers))
}
