// Chains of operations compiled by jit into one program. Without their derivative: jit writes out a shared expression
// wherever it is used, and that of a chain of 100 exhausts the heap.

import { jit, numpy as np } from '@jax-js/jax'
import { LENGTH, type Step, chainNames } from '../chain'
import { type Twin, matching } from '../twin'

/* eslint-disable @typescript-eslint/no-explicit-any -- the library's types are not there */
const steps: Record<string, Step<any>> = {
  add: (x, _, constant) => x.add(constant.ref),
  'add of a leaf': (x, leaf) => x.add(leaf.ref),
  'mul of a leaf': (x, leaf) => x.mul(leaf.ref),
  tanh: (x) => np.tanh(x)
}

export const chain: Twin = matching(chainNames, (name, backward) => {
  const step = steps[name]
  if (step === undefined || backward !== undefined) return null
  const leaf = np.array([1])
  const constant = np.array([1])
  const compiled = jit((of: any): any => {
    let x = of.ref
    for (let i = 0; i < LENGTH; i++) x = step(x, of, constant)
    of.dispose()
    return x
  })
  return {
    units: LENGTH,
    async run(times) {
      for (let i = 0; i < times; i++) (await compiled(leaf.ref).blockUntilReady()).dispose()
    },
    values: async () => [(await compiled(leaf.ref).data())[0] as number]
  }
})
