// Statistics of a stream of numbers in one pass.

/** Mean and variance by Welford's recurrence, least and greatest value. */
export class Moments {
  count = 0
  mean = 0
  least = Infinity
  greatest = -Infinity
  #squares = 0

  add(value: number): void {
    this.count++
    const difference = value - this.mean
    this.mean += difference / this.count
    this.#squares += difference * (value - this.mean)
    if (value < this.least) this.least = value
    if (value > this.greatest) this.greatest = value
  }

  /** The root of the mean squared distance from the mean. */
  get deviation(): number {
    return Math.sqrt(this.#squares / this.count)
  }
}

/** So many values are kept: 2 MB. */
const MOST = 2 ** 18

/**
 * Quantiles: exact of up to 262,144 values, and of more those of a random sample of that many (Vitter's algorithm R, of
 * a fixed seed). The rank of a sample's median is then off by 0.1 % of the values (one standard deviation).
 */
export class Quantiles {
  #values = new Float64Array(1024)
  #count = 0
  #state = 0x9e3779b9

  add(value: number): void {
    const at = this.#count < MOST ? this.#count : this.#place()
    this.#count++
    if (at >= MOST) return
    if (at >= this.#values.length) {
      const longer = new Float64Array(2 * this.#values.length)
      longer.set(this.#values)
      this.#values = longer
    }
    this.#values[at] = value
  }

  /** Where the next value goes among all so far, itself too: xorshift32. */
  #place(): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return Math.floor(((this.#state >>> 0) / 2 ** 32) * (this.#count + 1))
  }

  /** The values below which these fractions of all lie, with linear interpolation. */
  at(...fractions: readonly number[]): number[] {
    const sorted = this.#values.slice(0, Math.min(this.#count, MOST)).sort()
    return fractions.map((fraction) => {
      const position = fraction * (sorted.length - 1)
      const low = Math.floor(position)
      const high = Math.min(low + 1, sorted.length - 1)
      return sorted[low] + (sorted[high] - sorted[low]) * (position - low)
    })
  }
}
