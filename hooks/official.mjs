// The official generator, for many questions at once: reads lines of [{ provider, features, options }],
// and prints the Prisma schema for each. If a question names a module with `describe`, prints the
// description of the tables instead. official.py defines the features.
import { stripTypeScriptTypes } from 'node:module'
import { createInterface } from 'node:readline'
import * as api from 'auth/api'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { getAuthTables } from 'better-auth/db'
import * as betterAuthPlugins from 'better-auth/plugins'

let known

// What auth.ts imports from its neighbours: any text is a valid URL and long enough for a secret.
const project = {
  env: new Proxy({}, { get: (_, name) => (name.startsWith('is') ? false : `https://app.test/${'x'.repeat(32)}`) }),
  messages: new Proxy({}, { get: () => async () => {} }),
}

// The rules of indexes came with 1.7.
const internal = await import('@better-auth/core/db/internal').catch(() => ({}))

function evaluate(text, names = betterAuthPlugins) {
  const code = stripTypeScriptTypes(`(${text})`)
  return new Function(...Object.keys(names), `return ${code}`)(...Object.values(names))
}

async function imported(imports) {
  const names = {}
  for (const [path, clause] of Object.entries(imports)) {
    const module = await import(path)
    if (!clause.startsWith('{')) names[clause] = module.default
    else for (const name of clause.match(/\w+/g)) names[name] = module[name]
  }
  return names
}

async function pluginOf(name, features) {
  const parts = [name, ...features.filter((feature) => known[feature].plugin === name)].map((part) => known[part])
  const names = Object.assign({ ...project }, ...(await Promise.all(parts.map((part) => imported(part.imports)))))
  const [{ text, export: constructor }] = parts
  const properties = parts.flatMap((part) => part.arguments)
  const argument = properties.length ? `{ ${properties.join(',\n')} }` : ''
  const [plugin] = evaluate(`[${text ?? `${constructor}(${argument})`}]`, names)
  return plugin
}

async function generate({ provider, features, existing, described, options: more = '{}', adapter = '{}' }) {
  const plugins = features.filter((feature) => known[feature].text || known[feature].export)
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
