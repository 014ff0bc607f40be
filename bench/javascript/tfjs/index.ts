// TensorFlow.js on its wasm backend, which has SIMD but one thread in Node. Results are disposed of as its users must.

import { setBackend } from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import { firstOf, type Library } from '../twin'
import { chain } from './chain'
import { classifier } from './classifier'
import { elementwise, product, reduction } from './operations'

export const tfjs: Library = {
  prepare: () => setBackend('wasm') as Promise<boolean>,
  twins: {
    overhead: firstOf(elementwise(1), chain),
    pointwise: elementwise(0.5),
    reductions: reduction,
    matmul: product,
    'compile-classifier': classifier
  }
}
