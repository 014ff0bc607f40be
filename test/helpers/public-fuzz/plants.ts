// Bugs that are added to the surface to see that they are found.
import { type Tensor, ones } from '../../../lib'
import { bytesBehind, withSizes } from './internals'

let held: Tensor | null = null

/** By name, functions beside those of the library. */
export const plants: Readonly<Record<string, object>> = {
  overwrite: {
    /** Writes behind the result of the call before. */
    plantedOverwrite: (): Tensor => {
      if (held !== null) bytesBehind(held).fill(0x5a)
      return (held = ones(3).clone())
    }
  },
  overrun: {
    /** Writes behind its result. */
    plantedOverrun: (): Tensor => {
      const result = ones(3).clone()
      bytesBehind(result).fill(0x5a, 64, 128)
      return result
    }
  },
  geometry: {
    /** Shows elements that are not there. */
    plantedGeometry: (): Tensor => withSizes(ones(2), [3], [1])
  },
  crash: { plantedCrash: (): never => process.abort() },
  hang: {
    plantedHang: (): never => {
      for (;;);
    }
  },
  message: {
    plantedMessage: (): never => {
      throw new TypeError()
    }
  }
}
