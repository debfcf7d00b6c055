// Schemas of the module dialect as the original's types: the same JSON, each schema marked with its kind.
import { FormatRegistry, Kind, OptionalKind, TypeRegistry } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

FormatRegistry.Set('upper', text => /^[A-Z]+$/.test(text))
FormatRegistry.Set('digits', text => /^[0-9]+$/.test(text))
FormatRegistry.Set('even', text => text.length % 2 === 0)

const references = Symbol('references')

// The original has no `oneOf`; its own way to add one is a kind of the host's.
TypeRegistry.Set('OneOf', (schema, value) => schema.anyOf.filter(part => Value.Check(part, schema[references], value)).length === 1)

const referred = text => {
  if (!text.startsWith('#/$defs/')) return text
  return decodeURIComponent(text.slice('#/$defs/'.length)).replaceAll('~1', '/').replaceAll('~0', '~')
}

const byType = { string: 'String', integer: 'Integer', number: 'Number', boolean: 'Boolean', null: 'Null' }

class Reviver {
  /** @param oneOf  'OneOf' where the verdict counts; 'Union' where values are reshaped, which the original only knows for unions. */
  constructor(oneOf, around) {
    this.oneOf = oneOf
    this.around = around
  }

  revive = schema => {
    const mark = (kind, more = {}) => ({ ...schema, ...more, [Kind]: kind })
    if (schema.$defs) return mark('Import', { $defs: this.entries(schema.$defs), $ref: referred(schema.$ref) })
    if (schema.$ref !== undefined) return mark('Ref', { $ref: referred(schema.$ref) })
    if ('const' in schema) return mark('Literal')
    if (schema.enum) return mark('Union', { anyOf: schema.enum.map(value => ({ const: value, [Kind]: 'Literal' })) })
    if (Array.isArray(schema.type)) return mark('Union', { anyOf: schema.type.map(type => this.revive({ type })) })
    if (schema.anyOf) return mark('Union', { anyOf: schema.anyOf.map(this.revive) })
    if (schema.oneOf) return mark(this.oneOf, { anyOf: schema.oneOf.map(this.revive), [references]: this.around })
    if (schema.allOf) {
      const { unevaluatedProperties: rest } = schema
      return mark('Intersect', {
        allOf: schema.allOf.map(this.revive),
        ...(typeof rest === 'object' ? { unevaluatedProperties: this.revive(rest) } : {}),
      })
    }
    if (schema.not) return Object.keys(schema.not).length === 0 ? mark('Never') : mark('Not', { not: this.revive(schema.not) })
    if (schema.type === undefined) return mark('Any')
    if (schema.type in byType) return mark(byType[schema.type])
    if (schema.type === 'array') return this.array(schema, mark)
    return this.object(schema, mark)
  }

  array(schema, mark) {
    const list = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : undefined)
    if (list) return mark('Tuple', { items: list.map(this.revive) })
    return mark('Array', {
      items: this.revive(schema.items ?? {}),
      ...(schema.contains ? { contains: this.revive(schema.contains) } : {}),
    })
  }

  object(schema, mark) {
    const { additionalProperties: rest } = schema
    const more = typeof rest === 'object' ? { additionalProperties: this.revive(rest) } : {}
    if (schema.patternProperties) return mark('Record', { ...more, patternProperties: this.all(schema.patternProperties) })
    const properties = this.all(schema.properties ?? {})
    for (const [name, property] of Object.entries(properties)) {
      if (!schema.required?.includes(name)) property[OptionalKind] = 'Optional'
    }
    return mark('Object', { ...more, properties })
  }

  all(schemas) {
    return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, this.revive(schema)]))
  }

  /** Entries know themselves by name, as in a module of the original. */
  entries(schemas) {
    const made = this.all(schemas)
    for (const [name, schema] of Object.entries(made)) schema.$id = name
    this.around.push(...Object.values(made))
    return made
  }
}

/** `{ schema, references }` for the functions of the original. */
export function revive({ schema, definitions }, oneOf = 'OneOf') {
  const around = []
  const reviver = new Reviver(oneOf, around)
  if (definitions) reviver.entries(definitions)
  return { schema: reviver.revive(schema), references: definitions ? around : [] }
}

