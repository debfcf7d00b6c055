// What the original says about one schema and one value.
import { Value } from '@sinclair/typebox/value'
import { revive } from './revive.mjs'

/** JSON has no undefined and no infinities: a result that holds them is told as it would be written, and marked. */
const isJson = value => {
  if (value === undefined) return false
  if (typeof value === 'number') return Number.isFinite(value)
  if (value === null || typeof value !== 'object') return true
  if (Array.isArray(value) && Object.keys(value).length !== value.length) return false
  return Object.values(value).every(isJson)
}

/** `{ r: result }`, `{ same: true }` when it is the input, with `bad` when the original would not accept it and `odd` when it is not JSON;
 *  `{ fails: name of the exception }`. */
function reshaped(input, check, f) {
  try {
    const result = f()
    const told = {}
    if (!isJson(result)) told.odd = true
    if (input !== undefined && JSON.stringify(input) === JSON.stringify(result)) told.same = true
    else told.r = result === undefined ? null : result
    if (check && !check(result)) told.bad = true
    return told
  } catch (e) {
    return { fails: e.constructor.name }
  }
}

function asked(f) {
  try {
    return f()
  } catch (e) {
    return { fails: e.constructor.name }
  }
}

export class Answers {
  constructor(made) {
    this.verdict = revive(made, 'OneOf')
    this.shape = revive(made, 'Union')
  }

  #check = value => Value.Check(this.verdict.schema, [...this.verdict.references], value)

  /** A check that is never an exception. */
  #passes = value => {
    try {
      return this.#check(value)
    } catch {
      return false
    }
  }

  #shape(value, name, check) {
    const { schema, references } = this.shape
    return reshaped(value, check, () => Value[name](schema, [...references], structuredClone(value)))
  }

  create() {
    const { schema, references } = this.shape
    return reshaped(undefined, this.#passes, () => Value.Create(schema, [...references]))
  }

  about(value) {
    const { schema, references } = this.verdict
    const passes = asked(() => this.#check(value))
    const errors =
      passes === true
        ? []
        : asked(() =>
            [...Value.Errors(schema, [...references], value)].map(e => [e.type, e.path, e.message, ...(e.value === undefined ? [true] : [])]),
          )
    return {
      check: passes,
      errors,
      cast: this.#shape(value, 'Cast', this.#passes),
      default: this.#shape(value, 'Default'),
      clean: this.#shape(value, 'Clean'),
      convert: this.#shape(value, 'Convert'),
    }
  }
}

export const diff = (a, b) => asked(() => Value.Diff(a, b))

export const patch = (value, edits) => reshaped(undefined, undefined, () => Value.Patch(structuredClone(value), structuredClone(edits)))
