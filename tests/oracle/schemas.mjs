// Random schemas of the module dialect, only in forms that the original has as well.
import { spelled } from './text.mjs'

export const names = ['a', 'b', 'c', 'kind', 'name', 'long name with spaces', 'a/b', '~', '~1', '', 'ä', 'x-own', 'a.b', '😀']
export const texts = ['', 'a', 'ab', 'abc', 'ABC', 'x-1', 'ticket-17', 'ä', 'straße', '😀', 'a😀b', '日本語', '\u0000', 'line\nbreak',
  '5', ' 5 ', '3.7', '1e3', '-0', '0x1F', 'Infinity', '.5', '5.', '+5', '1e400', '12345678901234567890123', '9007199254740993', 'true',
  'FALSE', '0', '1', 'null', 'NULL', 'undefined', '2024-02-29', 'no date', '\u00a05']
export const numbers = [0, 1, 2, 3, 5, 10, -1, -5, 0.5, 1.5, 0.1, 0.3, 2.25, 1e3, 100, 255, 1e21, 1e-7, 5e-324, 1.7976931348623157e308,
  9007199254740991, -9007199254740991, 2147483648]
const spelledNumbers = ['1.0', '1e0', '-0', '0.0', '10e-1', '9007199254740993', '9223372036854775807', '-9223372036854775808',
  '18446744073709551615', '18446744073709551616', '1e20']
const patterns = ['^[a-z]+$', '^[a-z][a-z0-9-]*$', 'b', '^(.*)$', '^.$', '\\d', '^\\w{2,3}$', '[^a-z]', '^(?:a|b)+$', '\\s', '^[\\u00e4-\\u00f6]',
  '^x-', '^$', '\\.', '^[^/]*$', 'a|b', '^(0|[1-9][0-9]*)$', '^\\S+$', 'a$', '^a?b*c+$']
const recordPatterns = ['^(.*)$', '^(0|[1-9][0-9]*)$', '^[a-z]+$', '^x-', '^.*$']
export const formats = ['upper', 'digits', 'even']
const kinds = ['string', 'integer', 'number', 'boolean', 'null', 'object', 'array']

export function number(random) {
  return random.chance(0.06) ? spelled(random.pick(spelledNumbers)) : random.pick(numbers)
}

const count = random => (random.chance(0.04) ? spelled('2.0') : random.below(4))

const scalar = random =>
  random.weighted([[5, () => random.pick(texts)], [4, () => number(random)], [1, () => random.chance(0.5)], [1, () => null]])()

const distinct = list => {
  const seen = new Set()
  return list.filter(x => !seen.has(JSON.stringify(x)) && seen.add(JSON.stringify(x)))
}

const plainNumber = x => Number(String(x).replace('\u0001', ''))

export class Schemas {
  #random
  #sample
  #referable = []
  #own = -1

  /** @param sample  makes a value from a schema, for defaults. */
  constructor(random, sample) {
    this.#random = random
    this.#sample = sample
  }

  /** `{ schema, definitions? }`: `definitions` are given beside the schema. */
  make() {
    const random = this.#random
    this.#referable = []
    this.#own = -1
    const form = random.weighted([[68, 'plain'], [18, 'beside'], [14, 'wrapper']])
    if (form === 'plain') return { schema: this.#schema(1 + random.below(3)) }
    const all = ['Item', 'Node', 'a/b', 'Tag', 'x y', '~']
    this.#referable = all.slice(0, 1 + random.below(all.length - 1))
    const entries = {}
    this.#referable.forEach((name, position) => {
      this.#own = position
      entries[name] = this.#schema(1 + random.below(2))
    })
    this.#own = -1
    if (form === 'wrapper') return { schema: { $defs: entries, $ref: random.pick(this.#referable) } }
    return { schema: random.chance(0.3) ? this.#reference(true) : this.#schema(1 + random.below(3)), definitions: entries }
  }

  /** @param descended  false where the schema is applied to the same value as the one around it: there, an entry may only refer to
   *  later ones, so that nothing goes round in a circle without descending. */
  #schema(depth, descended = false) {
    const random = this.#random
    const made = random.weighted([
      [7, () => this.#string()],
      [5, () => this.#number('integer')],
      [4, () => this.#number('number')],
      [2, () => ({ type: 'boolean' })],
      [1, () => ({ type: 'null' })],
      [4, () => this.#literal()],
      [2, () => ({})],
      [3, () => ({ enum: distinct(Array.from({ length: 1 + random.below(4) }, () => scalar(random))) })],
      [2, () => ({ type: this.#kinds() })],
      ...(this.#referable.length > 0 ? [[8, () => this.#reference(descended)]] : []),
      ...(depth > 0
        ? [
            [20, () => this.#object(depth - 1)],
            [5, () => this.#record(depth - 1)],
            [8, () => this.#array(depth - 1)],
            [5, () => this.#tuple(depth - 1)],
            [9, () => ({ anyOf: this.#list(depth - 1, 2 + random.below(2)) })],
            [1, () => ({ oneOf: this.#list(depth - 1, 2) })],
            [4, () => this.#intersection(depth - 1)],
            [1, () => ({ not: random.chance(0.2) ? {} : this.#schema(depth - 1) })],
          ]
        : []),
    ])()
    if (random.chance(0.12)) made.default = random.chance(0.85) ? this.#sample(made) : scalar(random)
    if (random.chance(0.03)) made.title = 'a title'
    if (random.chance(0.02)) made['x-note'] = { any: [1] }
    return made
  }

  #list(depth, length) {
    return Array.from({ length }, () => this.#schema(depth))
  }

  /** Two or three different kinds. */
  #kinds() {
    const random = this.#random
    const first = random.below(kinds.length)
    const made = [kinds[first], kinds[(first + 1 + random.below(3)) % kinds.length]]
    if (random.chance(0.3)) made.push(kinds[(first + 4 + random.below(3)) % kinds.length])
    return made
  }

  #literal() {
    const random = this.#random
    const value = scalar(random)
    const made = { const: value }
    if (typeof value === 'string' && !value.startsWith('\u0001') && random.chance(0.5)) made.type = 'string'
    if (typeof value === 'boolean' && random.chance(0.5)) made.type = 'boolean'
    if (typeof value === 'number' && random.chance(0.5)) made.type = 'number'
    return made
  }

  #reference(descended) {
    const random = this.#random
    const from = descended || this.#own < 0 ? this.#referable : this.#referable.slice(this.#own + 1)
    if (from.length === 0) return { type: 'string' }
    const name = random.pick(from)
    const escaped = encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('%7E', '~')
    return { $ref: random.chance(0.5) ? name : '#/$defs/' + escaped }
  }

  #string() {
    const random = this.#random
    const made = { type: 'string' }
    if (random.chance(0.25)) made.minLength = count(random)
    if (random.chance(0.25)) made.maxLength = count(random)
    if (random.chance(0.2)) made.pattern = random.pick(patterns)
    this.#inOrder(made, 'minLength', 'maxLength')
    if (random.chance(0.12)) made.format = random.weighted([[8, random.pick(formats)], [1, 'unheard-of'], [1, 'date']])
    return made
  }

  #number(type) {
    const random = this.#random
    const made = { type }
    if (random.chance(0.3)) made.minimum = number(random)
    if (random.chance(0.2)) made.maximum = number(random)
    if (random.chance(0.1)) made.exclusiveMinimum = number(random)
    if (random.chance(0.1)) made.exclusiveMaximum = number(random)
    this.#inOrder(made, 'minimum', 'maximum')
    if (random.chance(0.15)) made.multipleOf = random.pick([1, 2, 3, 0.1, 0.5, 0.01, 1e-7, 10])
    return made
  }

  #object(depth) {
    const random = this.#random
    const properties = {}
    const required = []
    for (let n = random.below(5); n > 0; --n) {
      const name = random.chance(0.02) ? '0' : random.pick(names)
      if (name in properties) continue
      properties[name] = this.#schema(depth, true)
      if (random.chance(0.55)) required.push(name)
    }
    if (random.chance(0.2)) required.reverse()
    const made = { type: 'object', properties }
    if (required.length > 0) made.required = required
    if (random.chance(0.4)) made.additionalProperties = random.chance(0.6) ? false : random.chance(0.3) ? true : this.#schema(depth, true)
    if (random.chance(0.05)) made.minProperties = count(random)
    if (random.chance(0.05)) made.maxProperties = count(random)
    return made
  }

  #record(depth) {
    const random = this.#random
    const made = { type: 'object', patternProperties: { [random.pick(recordPatterns)]: this.#schema(depth, true) } }
    if (random.chance(0.4)) made.additionalProperties = random.chance(0.6) ? false : this.#schema(depth, true)
    if (random.chance(0.1)) made.minProperties = count(random)
    if (random.chance(0.1)) made.maxProperties = count(random)
    return made
  }

  #array(depth) {
    const random = this.#random
    const made = { type: 'array' }
    if (random.chance(0.95)) made.items = this.#schema(depth, true)
    if (random.chance(0.2)) made.minItems = count(random)
    if (random.chance(0.2)) made.maxItems = count(random)
    this.#inOrder(made, 'minItems', 'maxItems')
    if (random.chance(0.15)) made.uniqueItems = random.chance(0.9)
    if (random.chance(0.1)) {
      made.contains = this.#schema(0, true)
      if (random.chance(0.5)) made.minContains = random.below(3)
      if (random.chance(0.4)) made.maxContains = random.below(4)
    }
    return made
  }

  #tuple(depth) {
    const random = this.#random
    const items = Array.from({ length: 1 + random.below(3) }, () => this.#schema(depth, true))
    return {
      type: 'array',
      [random.chance(0.8) ? 'items' : 'prefixItems']: items,
      additionalItems: false,
      minItems: items.length,
      maxItems: items.length,
    }
  }

  #intersection(depth) {
    const random = this.#random
    const part = () => (random.chance(0.85) ? this.#open(this.#object(depth)) : this.#schema(depth))
    const made = { allOf: Array.from({ length: 1 + random.below(3) }, part) }
    if (random.chance(0.4)) made.unevaluatedProperties = random.chance(0.6) ? false : this.#schema(0, true)
    return made
  }

  /** Mostly swaps bounds that no value could keep. */
  #inOrder(schema, least, most) {
    if (!(plainNumber(schema[least]) > plainNumber(schema[most])) || this.#random.chance(0.1)) return
    ;[schema[least], schema[most]] = [schema[most], schema[least]]
  }

  /** Closed parts would exclude one another. */
  #open(object) {
    if (this.#random.chance(0.8)) delete object.additionalProperties
    return object
  }
}
