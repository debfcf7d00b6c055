// The other side of `compare`: writes the documents, runs both sides in turn, prints the table. See bench/schema/compare.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const rounds = 5
const leastNs = 200e6
const installed = createRequire(new URL('../../tests/oracle/package.json', import.meta.url))
const self = fileURLToPath(import.meta.url)

const ticketSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'title', 'status', 'priority', 'created'],
  properties: {
    id: { type: 'string', pattern: '^[a-z][a-z0-9-]{2,40}$' },
    title: { type: 'string', minLength: 1, maxLength: 200 },
    status: { anyOf: [{ const: 'open' }, { const: 'active' }, { const: 'done' }] },
    priority: { type: 'integer', minimum: 0, maximum: 9 },
    created: { type: 'string', format: 'date-time' },
    estimate: { type: 'number', minimum: 0 },
    done: { type: 'boolean' },
    assignee: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    score: { type: 'number' },
    parent: { type: 'string', format: 'uuid' },
  },
}

const ticket = i => ({
  id: `ticket-${i}`,
  title: 'Reset statements when a row set is dropped',
  status: 'active',
  priority: 3,
  created: '2024-02-29T12:00:00.250Z',
  estimate: 2.5,
  done: false,
  assignee: null,
  score: 17,
  parent: '2eb8aa08-aa98-11ea-b4aa-73b441d16380',
})

const fields = Array.from({ length: 10 }, (_, i) => `field${i}`)
const tickets = count => Array.from({ length: count }, (_, i) => ticket(i))
const list = { type: 'array', items: ticketSchema }

const cases = {
  '10 fields': [ticketSchema, ticket(1)],
  '10 plain fields': [
    {
      type: 'object',
      required: fields,
      properties: Object.fromEntries(fields.map((name, i) => [name, { type: i % 2 === 0 ? 'string' : 'integer' }])),
    },
    Object.fromEntries(fields.map((name, i) => [name, i % 2 === 0 ? 'text' : i])),
  ],
  '100 values': [list, tickets(10)],
  '10000 values': [list, tickets(1000)],
}

const entry = i => ({
  ...ticketSchema,
  properties: { ...ticketSchema.properties, next: { $ref: `#/$defs/Entry${(i + 1) % 50}` } },
})
const module50 = {
  $defs: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`Entry${i}`, entry(i)])),
  $ref: '#/$defs/Entry0',
}

let sink = 0
function measure(name, f) {
  for (let i = 0; i < 3; ++i) sink += f()
  for (let batch = 1; ; batch *= 2) {
    const begin = process.hrtime.bigint()
    for (let i = 0; i < batch; ++i) sink += f()
    const taken = Number(process.hrtime.bigint() - begin)
    // The first long enough batch may have been spent on becoming fast.
    if (taken >= leastNs) return { name, ns: taken / batch }
  }
}

/** One run of this side: `ajv` or `typebox`. */
async function run(side) {
  const told = []
  const Ajv = installed('ajv').default
  const addFormats = installed('ajv-formats').default
  const { fullFormats } = installed('ajv-formats/dist/formats')
  let compile
  if (side === 'ajv') {
    compile = schema => {
      const ajv = new Ajv({ strict: false })
      addFormats(ajv)
      return ajv.compile(schema)
    }
  } else {
    const { FormatRegistry, revive, TypeCompiler } = await import('../../tests/oracle/compiled.mjs')
    FormatRegistry.Set('date-time', text => fullFormats['date-time'].validate(text))
    FormatRegistry.Set('uuid', text => fullFormats.uuid.test(text))
    compile = schema => {
      const { schema: type, references } = revive({ schema })
      const compiled = TypeCompiler.Compile(type, references)
      return value => compiled.Check(value)
    }
  }
  for (const [name, [schema, document]] of Object.entries(cases)) {
    const check = compile(schema)
    const text = JSON.stringify(document)
    const value = JSON.parse(text)
    if (!check(value)) throw new Error(`${name}: the document does not fit`)
    told.push(measure(`check ${name}`, () => (check(value) ? 1 : 0)))
    told.push(measure(`parse and check ${name}`, () => (check(JSON.parse(text)) ? 1 : 0)))
  }
  told.push(measure('compile 50 entries', () => (compile(module50) ? 1 : 0)))
  return told
}

const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const shown = ns => (ns < 1e3 ? `${ns.toFixed(0)} ns` : ns < 1e6 ? `${(ns / 1e3).toFixed(2)} µs` : `${(ns / 1e6).toFixed(2)} ms`)

/** What must hold, and what is hoped for: upper bounds. */
function verdict(name, quire, ajv, typebox) {
  const within = (value, must, goal) => (value <= goal ? 'goal' : value <= must ? 'met' : 'short')
  if (name === 'check 10 fields') return ['≤ 0.5 µs (0.1)', within(quire, 500, 100)]
  if (/^check 10+ values$/.test(name)) {
    const best = Math.min(ajv, typebox)
    return ['≤ the faster of both', within(quire, best, 0)]
  }
  if (name.startsWith('parse and check') && !name.includes('plain')) return ['≤ 0.8 × ajv', within(quire / ajv, 0.8, 0)]
  if (name.startsWith('compile')) return ['≤ 2 ms', within(quire, 2e6, 0)]
  return ['–', '']
}

function compare(program, folder) {
  mkdirSync(folder, { recursive: true })
  for (const [name, [schema, document]] of Object.entries(cases)) {
    writeFileSync(`${folder}/${name}.schema.json`, JSON.stringify(schema))
    writeFileSync(`${folder}/${name}.json`, JSON.stringify(document))
  }
  writeFileSync(`${folder}/module.schema.json`, JSON.stringify(module50))
  const sides = {
    quire: () => execFileSync(program, [folder], { encoding: 'utf8' }),
    ajv: () => execFileSync(process.execPath, [self, 'run', 'ajv'], { encoding: 'utf8' }),
    typebox: () => execFileSync(process.execPath, [self, 'run', 'typebox'], { encoding: 'utf8' }),
  }
  const times = {}
  for (let round = 0; round < rounds; ++round) {
    for (const [side, ask] of Object.entries(sides)) {
      for (const line of ask().trim().split('\n')) {
        const { name, ns } = JSON.parse(line)
        ;((times[name] ??= {})[side] ??= []).push(ns)
      }
    }
  }
  const version = name => JSON.parse(readFileSync(new URL(`../../tests/oracle/node_modules/${name}/package.json`, import.meta.url))).version
  console.log(`Node ${process.version}, ajv ${version('ajv')}, TypeBox ${version('@sinclair/typebox')}, both compiled; medians of ${rounds} runs in turn.\n`)
  console.log('| What | Quire (spread) | ajv | TypeBox | to ajv | to TypeBox | Must (goal) | |')
  console.log('|---|---|---|---|---|---|---|---|')
  const kept = []
  for (const [name, { quire, ajv, typebox }] of Object.entries(times)) {
    const [q, a, t] = [median(quire), median(ajv), median(typebox)]
    const [must, met] = verdict(name, q, a, t)
    kept.push({ name, quire: q, ajv: a, typebox: t, must, met })
    console.log(
      `| ${name} | ${shown(q)} (${shown(Math.min(...quire))}–${shown(Math.max(...quire))}) | ${shown(a)} | ${shown(t)} | ${(q / a).toFixed(2)} × | ${(q / t).toFixed(2)} × | ${must} | ${met} |`,
    )
  }
  writeFileSync(`${folder}/../schema.json`, kept.map(line => JSON.stringify(line) + '\n').join(''))
}

const [what, ...rest] = process.argv.slice(2)
if (what === 'run') {
  for (const line of await run(rest[0])) console.log(JSON.stringify(line))
} else {
  compare(what, rest[0])
}
