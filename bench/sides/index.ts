// The references by name. Each is looked for once, when the first trial asks for it.

import { oneDnn, openBlas } from './cpp'
import { jaxJs, loops, tfjs } from './javascript'
import { pyTorch } from './pytorch'
import type { Found } from './side'

export { LOOP_NAME, cppLoop } from './cpp'
export { dyngrad } from './dyngrad'
export type { Found, Side } from './side'

const finders = {
  PyTorch: pyTorch,
  OpenBLAS: openBlas,
  oneDNN: oneDnn,
  JavaScript: loops,
  tfjs,
  'jax-js': jaxJs
} satisfies Record<string, () => Found>

export type ReferenceName = keyof typeof finders

export const referenceNames = Object.keys(finders) as ReferenceName[]
export const isReference = (name: string): name is ReferenceName => name in finders

const found = new Map<ReferenceName, Found>()

/** The side of a reference, or in words why this machine has none. */
export function reference(name: ReferenceName): Found {
  if (!found.has(name)) found.set(name, finders[name]())
  return found.get(name)!
}
