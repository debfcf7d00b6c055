// Values for a schema: first one that should fit, then often changed somewhere.
import { names, number, numbers, texts } from './schemas.mjs'
import { isSpelled, spelled } from './text.mjs'

const fitting = {
  '^[a-z]+$': ['abc', 'a'], '^[a-z][a-z0-9-]*$': ['x-1', 'ticket-17'], 'b': ['abc', 'b'], '^.$': ['a', 'ä', '😀'], '\\d': ['5', 'x-1'],
  '^\\w{2,3}$': ['ab', 'abc'], '[^a-z]': ['ABC', '😀', '5'], '^(?:a|b)+$': ['ab', 'a'], '\\s': ['line\nbreak', ' 5 ', '\u00a05'],
  '^[\\u00e4-\\u00f6]': ['ä'], '^x-': ['x-1', 'x-own'], '^$': [''], '\\.': ['3.7', '.5'], '^(0|[1-9][0-9]*)$': ['0', '5'], '^a?b*c+$': ['abc', 'c'],
}
const fittingFormats = { upper: ['ABC', 'A'], digits: ['5', '0'], even: ['ab', '😀', ''], date: ['2024-02-29'] }

const referred = text => {
  if (!text.startsWith('#/$defs/')) return text
  return decodeURIComponent(text.slice('#/$defs/'.length)).replaceAll('~1', '/').replaceAll('~0', '~')
}

const asNumber = x => (isSpelled(x) ? Number(x.slice(1)) : x)

export class Values {
  #random
  #entries = {}

  constructor(random) {
    this.#random = random
  }

  /** Where references lead from now on. */
  use({ schema, definitions }) {
    this.#entries = definitions ?? schema.$defs ?? {}
  }

  any(depth = 2) {
    const random = this.#random
    return random.weighted([
      [1, () => null],
      [1, () => random.chance(0.5)],
      [3, () => number(random)],
      [3, () => random.pick(texts)],
      ...(depth > 0 ? [[2, () => this.container(depth)]] : []),
    ])()
  }

  container(depth) {
    const random = this.#random
    const length = random.below(4)
    if (random.chance(0.4)) return Array.from({ length }, () => this.any(depth - 1))
    return Object.fromEntries(Array.from({ length }, () => [random.pick(names), this.any(depth - 1)]))
  }

  /** A value that fits in most cases. */
  sample = (schema, depth = 6) => {
    const random = this.#random
    if (depth < 0) return null
    const below = s => this.sample(s, depth - 1)
    if (schema.$ref !== undefined) return below(this.#entries[referred(schema.$ref)] ?? {})
    if ('const' in schema) return schema.const
    if (schema.enum) return random.pick(schema.enum)
    if (schema.anyOf ?? schema.oneOf) return below(random.pick(schema.anyOf ?? schema.oneOf))
    if (schema.allOf) {
      const parts = schema.allOf.map(below)
      return parts.every(x => x !== null && typeof x === 'object' && !Array.isArray(x)) ? Object.assign({}, ...parts) : parts[0]
    }
    if (schema.not || schema.type === undefined) return this.any()
    const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type
    if (type === 'string') return this.#text(schema)
    if (type === 'integer' || type === 'number') return this.#number(schema, type)
    if (type === 'boolean') return random.chance(0.5)
    if (type === 'null') return null
    if (type === 'array') return this.#array(schema, below)
    return this.#object(schema, below)
  }

  #text(schema) {
    const random = this.#random
    if (schema.pattern && fitting[schema.pattern]) return random.pick(fitting[schema.pattern])
    if (schema.format && fittingFormats[schema.format]) return random.pick(fittingFormats[schema.format])
    const min = asNumber(schema.minLength) ?? 0
    const max = asNumber(schema.maxLength) ?? 1e9
    const good = texts.filter(x => x.length >= min && x.length <= max)
    return random.pick(good.length > 0 ? good : texts)
  }

  #number(schema, type) {
    const random = this.#random
    const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].filter(k => k in schema).map(k => asNumber(schema[k]))
    const near = bounds.flatMap(x => [x, x + 1, x - 1, x + 0.5])
    const all = [...near, ...near, ...numbers].filter(x => Number.isFinite(x) && (type === 'number' || Number.isInteger(x)))
    const good = all.filter(
      x =>
        !(x < asNumber(schema.minimum)) && !(x > asNumber(schema.maximum)) && !(x <= asNumber(schema.exclusiveMinimum)) &&
        !(x >= asNumber(schema.exclusiveMaximum)) && (schema.multipleOf === undefined || x % schema.multipleOf === 0),
    )
    const made = random.pick(good.length > 0 ? good : all)
    if (random.chance(0.05) && Number.isInteger(made) && Math.abs(made) < 1e15) return spelled(`${made}.0`)
    return made
  }

  #array(schema, below) {
    const random = this.#random
    const list = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : undefined)
    if (list) return list.map(below)
    const min = asNumber(schema.minItems) ?? 0
    const max = Math.max(asNumber(schema.maxItems) ?? min + 3, min)
    const made = Array.from({ length: min + random.below(max - min + 1) }, () => below(schema.items ?? {}))
    if (schema.contains && made.length > 0) made[0] = below(schema.contains)
    return made
  }

  #object(schema, below) {
    const random = this.#random
    const made = {}
    const required = new Set(schema.required ?? [])
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      if (required.has(name) || random.chance(0.6)) made[name] = below(property)
    }
    for (const [pattern, property] of Object.entries(schema.patternProperties ?? {})) {
      const fit = [...names, '0', '17', 'x-1'].filter(x => new RegExp(pattern).test(x))
      for (let n = random.below(4); n > 0 && fit.length > 0; --n) {
        const name = random.pick(fit)
        if (!/^[0-9]+$/.test(name) || random.chance(0.3)) made[name] = below(property)
      }
    }
    if (schema.additionalProperties !== false && random.chance(0.25)) {
      const additional = schema.additionalProperties
      made[random.pick(names)] ??= typeof additional === 'object' ? below(additional) : this.any(1)
    }
    return made
  }

  /** The same value with one or a few things changed. */
  changed(value) {
    const random = this.#random
    if (value === null || typeof value !== 'object' || random.chance(0.15)) return this.#other(value)
    if (Array.isArray(value)) {
      const items = [...value]
      const at = random.below(items.length + 1)
      if (at === items.length || random.chance(0.2)) items.splice(at, 0, random.chance(0.4) && items.length > 0 ? random.pick(items) : this.any(1))
      else if (random.chance(0.3)) items.splice(at, 1)
      else items[at] = this.changed(items[at])
      return items
    }
    const members = { ...value }
    const keys = Object.keys(members)
    if (keys.length === 0 || random.chance(0.25)) members[random.pick(names)] = this.any(1)
    else if (random.chance(0.35)) delete members[random.pick(keys)]
    else {
      const key = random.pick(keys)
      members[key] = this.changed(members[key])
    }
    return members
  }

  /** Another value, often a close one of another kind. */
  #other(value) {
    const random = this.#random
    if (random.chance(0.4)) {
      if (typeof value === 'number') return random.pick([String(value), value + 1, value - 0.5, -value].filter(x => typeof x === 'string' || Number.isFinite(x)))
      if (typeof value === 'boolean') return random.pick([String(value), Number(value), !value])
      if (value === null) return 'null'
      if (typeof value === 'string' && !isSpelled(value)) return random.pick([value + 'x', value.slice(0, -1).toWellFormed(), [value], value.toUpperCase()])
      if (Array.isArray(value) && value.length > 0) return value[0]
    }
    return this.any(2)
  }

  /** Edits that may or may not fit the value. */
  edits(value) {
    const random = this.#random
    const paths = []
    const walk = (v, path) => {
      paths.push(path)
      if (v === null || typeof v !== 'object') return
      for (const [key, member] of Object.entries(v)) walk(member, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    }
    walk(value, '')
    const step = () => random.pick(['a', 'b', '0', '1', '2', '7', 'x', '-', '01', '~1', '~0', ''])
    return Array.from({ length: 1 + random.below(3) }, () => {
      let path = random.pick(paths)
      if (random.chance(0.5)) path += `/${step()}`
      if (random.chance(0.1)) path += `/${step()}`
      const type = random.pick(['insert', 'update', 'delete'])
      return type === 'delete' ? { type, path } : { type, path, value: this.any(1) }
    })
  }
}
