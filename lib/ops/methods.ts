// Methods of Tensor from the free functions, by name: `x.add(y)` is `add(x, y)`.

import { checkArity } from '../kinds'
import { Tensor } from '../tensor'
import * as movement from './movement'
import * as softmax from './softmax'
import { unbind } from './split'
import * as subscript from './subscript'
import { where } from './elementwise'

/** The functions of a file that become methods: their first argument is `this`. */
function pick<File extends object, Name extends keyof File>(file: File, ...names: Name[]): Pick<File, Name> {
  return Object.fromEntries(names.map((name) => [name, file[name]])) as Pick<File, Name>
}

const fromSoftmax = pick(softmax, 'softmax', 'logSoftmax')
const fromSubscript = pick(subscript, 'at')

type Method<F> = F extends (self: never, ...args: infer Args) => infer Result ? (...args: Args) => Result : never

type Methods<Functions> = { [Name in keyof Functions]: Method<Functions[Name]> }

declare module '../tensor' {
  interface Tensor extends Methods<typeof fromSoftmax>, Methods<typeof fromSubscript> {
    /** This where the condition holds, else `other`. */
    where(condition: Tensor, other: Tensor | number): Tensor
    /** The last two dims exchanged. */
    readonly mT: Tensor
    [Symbol.iterator](): Iterator<Tensor>
  }
}

type AnyFunction = (...args: unknown[]) => unknown

function install(target: object, name: string, value: AnyFunction): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
}

const all = {
  ...fromSoftmax,
  ...fromSubscript
}
for (const [name, op] of Object.entries(all)) {
  const free = op as AnyFunction
  install(Tensor.prototype, name, function (this: Tensor, ...args: unknown[]) {
    return free(this, ...args)
  })
}

install(Tensor.prototype, 'where', function (this: Tensor, condition: unknown, other: unknown) {
  checkArity('where', 1 + arguments.length, 3)
  return where(condition as Tensor, this, other as Tensor)
})

Object.defineProperty(Tensor.prototype, 'mT', {
  get(this: Tensor) {
    return movement.transpose(this, -2, -1)
  },
  configurable: true
})

install(Tensor.prototype, Symbol.iterator as unknown as string, function (this: Tensor) {
  if (this.sizes.length === 0) throw new TypeError('iteration over a 0-d tensor')
  return unbind(this)[Symbol.iterator]()
})

// For the bundler, which takes files without exports for CommonJS.
export {}
