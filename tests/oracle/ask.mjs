// node ask.mjs '{"schema": …, "definitions": …, "value": …}': the original's answers about one value; { "from", "to", "edits" } asks for
// a difference and for edits made.
import { Answers, diff, patch } from './answers.mjs'

const asked = JSON.parse(process.argv[2])
const told =
  'schema' in asked
    ? { create: new Answers(asked).create(), ...('value' in asked ? new Answers(asked).about(asked.value) : {}) }
    : { ...('to' in asked ? { diff: diff(asked.from, asked.to) } : {}), ...('edits' in asked ? { edited: patch(asked.from, asked.edits) } : {}) }
console.log(JSON.stringify(told))
