// What bench/schema/compare needs of the original, from the same copy of it.
export { FormatRegistry } from '@sinclair/typebox'
export { TypeCompiler } from '@sinclair/typebox/compiler'
export { revive } from './revive.mjs'
