// Seeded random numbers for tests, apart from the library's own generator (xorshift32).

export class Random {
  #state: number

  constructor(readonly seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) | 1
  }

  /** Uniform on [low, high). */
  uniform(low = 0, high = 1): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return low + ((x >>> 0) / 2 ** 32) * (high - low)
  }

  integer(below: number): number {
    return Math.floor(this.uniform(0, below))
  }

  list(count: number, low = -1, high = 1): number[] {
    return Array.from({ length: count }, () => this.uniform(low, high))
  }
}
