// jax-js on its wasm backend. Operations are lazy: a case ends when its result is ready.

import { defaultDevice, init } from '@jax-js/jax'
import { firstOf, type Library } from '../twin'
import { chain } from './chain'
import { classifier } from './classifier'
import { elementwise, product, reduction } from './operations'

async function prepare(): Promise<void> {
  // It asks whether an array is one of these, and older versions of Node have none.
  if (!('Float16Array' in globalThis)) Object.assign(globalThis, { Float16Array: class extends Float32Array {} })
  await init('wasm')
  defaultDevice('wasm')
}

export const jax: Library = {
  prepare,
  twins: {
    overhead: firstOf(elementwise(1), chain),
    pointwise: elementwise(0.5),
    reductions: reduction,
    matmul: product('float32'),
    matmul64: product('float64'),
    'compile-classifier': classifier
  }
}
