// Live tensors of known bits that nobody may write: a write beside its target is found in one of them.
import { type Tensor, tensor } from '../../../lib'
import type { Chooser } from '../chooser'
import { bytesBehind, bytesOf } from './internals'

interface Sentinel {
  readonly tensor: Tensor
  readonly expected: Buffer
}

const SMALL = 400
/** On both sides of the sizes at which a result gets a buffer of its own and is recycled. */
const LARGE_BYTES = [4000, 4100, 16_384, 20_000, 70_000, 300_000]

/** What memory holds that was given to no tensor yet. */
export const UNUSED = 0xa5
const unused = Buffer.alloc(1 << 16, UNUSED)

export class Sentinels {
  readonly #small: Sentinel[] = []
  readonly #large: Sentinel[]
  #planted = 0

  constructor(readonly random: Chooser) {
    this.#large = LARGE_BYTES.flatMap((bytes) => [this.#made(bytes), this.#made(bytes)])
    // The arena that the library began with holds anything.
    this.checkUnused()
  }

  #made(bytes: number): Sentinel {
    const content = Buffer.from(Array.from({ length: bytes }, () => this.random.integer(256)))
    // A copy is a result like others: it lies in the arena between those of the calls.
    return { tensor: tensor(new Uint8Array(content)).clone(), expected: content }
  }

  /** One more small sentinel, in the place of the oldest. */
  plant(): void {
    this.#small[this.#planted++ % SMALL] = this.#made(1 + this.random.integer(this.random.pick([8, 64, 600])))
  }

  /** A sentence about what is written in the arena behind its newest tensor, where results overrun into. */
  checkUnused(): string[] {
    const rest = bytesBehind(this.#made(1).tensor)
    if (rest.equals(unused.subarray(0, rest.length))) return []
    const at = rest.findIndex((byte) => byte !== UNUSED)
    const fault = `memory that belongs to no tensor is overwritten with ${rest[at]}, ${at} bytes behind the newest one`
    rest.fill(UNUSED)
    return [fault]
  }

  /** Sentences about those whose bits have changed, which are right again afterwards. */
  check(): string[] {
    return [...this.#small, ...this.#large].flatMap(({ tensor, expected }) => {
      const bytes = bytesOf(tensor)
      if (expected.equals(bytes)) return []
      const at = bytes.findIndex((byte, i) => byte !== expected[i])
      const fault = `a sentinel of ${bytes.length} bytes is overwritten at ${at} with ${bytes[at]}, not ${expected[at]}`
      bytes.set(expected)
      return [fault]
    })
  }
}
