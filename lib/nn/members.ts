// Which fields of a module are its parameters, buffers and submodules. Assignments to fields are not seen, so a module
// remembers what its fields were when it was last looked through, and refuses then what may not stand there.

import { Tensor } from '../tensor'
import { typeName } from './describe'
import { modules } from './door'
import { isParameter } from './parameter'

const wanted = {
  parameter: 'nn.Parameter or null expected); wrap it in new nn.Parameter(), or write with copy_() under noGrad()',
  buffer: 'Tensor or null expected)',
  'child module': 'nn.Module or null expected)'
}
export type Member = keyof typeof wanted

const fits = (kind: Member, value: unknown): boolean =>
  value === null || isParameter(value) || modules.isModule(value) || (kind === 'buffer' && value instanceof Tensor)

/** What the fields of one module have been. */
export class Members {
  readonly #kinds = new Map<string, Member>()

  /** Notes what a field is. */
  add(name: string, kind: Member): void {
    this.#kinds.set(name, kind)
  }

  /** Throws where a field that was a member has become another thing; notes which fields are members now. */
  look(module: object): void {
    for (const [name, kind] of this.#kinds) {
      if (!Object.hasOwn(module, name)) {
        this.#kinds.delete(name)
        continue
      }
      const value = (module as Record<string, unknown>)[name]
      if (fits(kind, value)) continue
      throw new TypeError(`cannot assign '${typeName(value)}' as ${kind} '${name}' (${wanted[kind]}`)
    }
    for (const [name, value] of Object.entries(module) as [string, unknown][]) {
      if (this.#kinds.get(name) === 'buffer') continue
      if (isParameter(value)) this.#kinds.set(name, 'parameter')
      else if (modules.isModule(value)) this.#kinds.set(name, 'child module')
    }
  }

  copy(): Members {
    const copy = new Members()
    for (const [name, kind] of this.#kinds) copy.#kinds.set(name, kind)
    return copy
  }
}
