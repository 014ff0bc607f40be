// Softmax as methods of Tensor.

import { installMethod } from '../declare'
import type { Tensor } from '../tensor'
import { logSoftmax, softmax } from './softmax'

type Method<F> = F extends (self: Tensor, ...args: infer Args) => infer Result ? (...args: Args) => Result : never

declare module '../tensor' {
  interface Tensor {
    /** `exp(self) / sum(exp(self))` along a dim. */
    softmax: Method<typeof softmax>
    /** `log(softmax(self))` along a dim, exact where softmax underflows. */
    logSoftmax: Method<typeof logSoftmax>
  }
}

for (const [name, op] of Object.entries({ softmax, logSoftmax })) {
  installMethod(name, function (...args) {
    return (op as (...all: unknown[]) => Tensor)(this, ...args)
  })
}

// For the bundler, which takes files without exports for CommonJS.
export {}
