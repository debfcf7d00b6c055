// node generate.mjs --seed 1 --pairs 20000 > answers
//
// Makes schemas and values from a seed, asks the original about each, and writes its answers as lines of JSON. The first line tells the
// version, the seed, how many of each there are, and the SHA-256 of all that follows.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Answers, diff, patch } from './answers.mjs'
import { Random } from './random.mjs'
import { Schemas } from './schemas.mjs'
import { plain, toText } from './text.mjs'
import { Values } from './values.mjs'

const { values: given } = parseArgs({ options: { seed: { type: 'string', default: '1' }, pairs: { type: 'string', default: '20000' } } })
const [seed, pairs] = [Number(given.seed), Number(given.pairs)]
const random = new Random(seed)
const values = new Values(random)
const schemas = new Schemas(random, values.sample)
const version = JSON.parse(readFileSync(new URL('node_modules/@sinclair/typebox/package.json', import.meta.url))).version

const lines = []
for (let i = 0; i < pairs; ++i) {
  const made = schemas.make()
  values.use(made)
  const plainly = plain(made)
  const answers = new Answers(plainly)
  const asked = []
  for (let n = i % 2; n < 2; ++n) {
    const sampled = values.sample(made.schema)
    const value = n === 1 && random.chance(0.85) ? values.changed(sampled) : sampled
    asked.push(`{"value":${toText(value)},"says":${JSON.stringify(answers.about(plain(value)))}}`)
  }
  lines.push(`{"schema":${toText(made.schema)},${made.definitions ? `"definitions":${toText(made.definitions)},` : ''}"create":${JSON.stringify(answers.create())},"values":[${asked}]}`)
}
for (let i = 0; i < pairs; ++i) {
  const a = random.chance(0.9) ? values.container(3) : values.any(3)
  let b = random.chance(0.1) ? values.any(3) : a
  for (let n = random.below(4); n > 0; --n) b = values.changed(b)
  const [x, y] = [plain(a), plain(b)]
  const edits = diff(x, y)
  const other = values.edits(x)
  const told = { diff: edits, ...(Array.isArray(edits) ? { patched: patch(x, edits) } : {}), edited: patch(x, plain(other)) }
  lines.push(`{"from":${toText(a)},"to":${toText(b)},"edits":${toText(other)},"says":${JSON.stringify(told)}}`)
}

const content = lines.map(line => line + '\n').join('')
const header = { typebox: version, seed, schemas: pairs, values: pairs + Math.floor(pairs / 2), diffs: pairs, lines: lines.length, sha256: createHash('sha256').update(content).digest('hex') }
process.stdout.write(JSON.stringify(header) + '\n' + content)
