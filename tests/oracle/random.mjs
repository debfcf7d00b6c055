/** Small seeded generator (mulberry32): the same numbers on every machine. */
export class Random {
  #state

  constructor(seed) {
    this.#state = seed >>> 0
  }

  /** Uniform in [0, n). */
  below(n) {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n)
  }

  chance(probability) {
    return this.below(1_000_000) < probability * 1_000_000
  }

  pick(list) {
    return list[this.below(list.length)]
  }

  /** One of `[weight, value]`. */
  weighted(list) {
    let at = this.below(list.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, value] of list) {
      if ((at -= weight) < 0) return value
    }
  }
}
