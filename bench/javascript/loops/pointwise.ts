// Elementwise operations into fresh memory; each is a loop of its own, so that V8 inlines what is done per element.

import { sink } from '../../trial'
import { type Numbers, probe, shiftOf, waves } from '../data'
import { type Twin, matching, pointwiseNames } from '../twin'

type Loop = (a: Numbers, b: Numbers, result: Numbers) => void

const operations: Record<string, Loop> = {
  add: (a, b, result) => {
    for (let i = 0; i < result.length; i++) result[i] = a[i] + b[i]
  },
  mul: (a, b, result) => {
    for (let i = 0; i < result.length; i++) result[i] = a[i] * b[i]
  },
  exp: (a, _, result) => {
    for (let i = 0; i < result.length; i++) result[i] = Math.exp(a[i])
  },
  log: (a, _, result) => {
    for (let i = 0; i < result.length; i++) result[i] = Math.log(a[i])
  },
  tanh: (a, _, result) => {
    for (let i = 0; i < result.length; i++) result[i] = Math.tanh(a[i])
  },
  sigmoid: (a, _, result) => {
    for (let i = 0; i < result.length; i++) result[i] = 1 / (1 + Math.exp(-a[i]))
  },
  log1p: (a, _, result) => {
    for (let i = 0; i < result.length; i++) result[i] = Math.log1p(a[i])
  }
}

/** `second` makes the second operand's elements of the first's. */
export const elementwise = (second: (value: number) => number): Twin =>
  matching(pointwiseNames, (name, count) => {
    const loop = operations[name]
    if (loop === undefined) return null
    const a = waves(Number(count), shiftOf(name))
    const b = a.map(second)
    const once = (): Numbers => {
      const result = new Float32Array(a.length)
      loop(a, b, result)
      return result
    }
    return {
      run(times) {
        for (let i = 0; i < times; i++) sink.value = once()
      },
      values: () => probe(once())
    }
  })
