// JSON text in which numbers keep their spelling: `1.0`, `-0`, integers beyond 2^53.

const mark = '\u0001'

/** A number that is written as given. */
export const spelled = text => mark + text

export const isSpelled = value => typeof value === 'string' && value.startsWith(mark)

/** JSON text of a value that may contain spelled numbers. */
export const toText = value => JSON.stringify(value).replace(/"\\u0001([^"]*)"/g, '$1')

/** The value as JavaScript reads its text. */
export const plain = value => JSON.parse(toText(value))
