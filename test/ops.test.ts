import * as dyngrad from '../lib'
import { Tensor, autograd } from '../lib'
import { EXACT, type Tolerance, tensorDifference } from './helpers/close'
import { type Encoded, type EncodedNumber, type EncodedTensor, decode, decodeTensor } from './helpers/fixture'
import fixture from './fixtures/ops.json'

interface Case {
  readonly op: string
  readonly args: readonly Encoded[]
  readonly kwargs: Readonly<Record<string, Encoded>>
  readonly output: EncodedTensor | readonly EncodedTensor[]
  readonly weights?: readonly EncodedNumber[]
  readonly grads?: readonly (EncodedTensor | null)[]
}

const tolerance: Tolerance = { ulps: 4, floor: 4, signlessZero: true }

type Op = (...args: unknown[]) => Tensor | Iterable<Tensor>

/** A function of the library, or a method as a function, by PyTorch's name. */
function resolve(name: string): Op {
  const found = name.split('.').reduce<unknown>((space, part) => (space as Record<string, unknown>)?.[part], dyngrad)
  if (typeof found === 'function') return found as Op
  const method = (Tensor.prototype as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]
  if (method === undefined) throw new Error(`there is no op ${name}`)
  return (self, ...args) => method.apply(self, args)
}

function check(entry: Case): string | null {
  const found: Tensor[] = []
  const args = entry.args.map((arg) => decode(arg, found))
  const kwargs = Object.fromEntries(Object.entries(entry.kwargs).map(([key, value]) => [key, decode(value, found)]))
  const result = resolve(entry.op)(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []))
  const outputs = result instanceof Tensor ? [result] : [...result]
  const expected = [entry.output].flat() as EncodedTensor[]
  if (outputs.length !== expected.length) return `${outputs.length} outputs`
  for (let i = 0; i < outputs.length; i++) {
    const difference = tensorDifference(outputs[i], decodeTensor(expected[i]), tolerance)
    if (difference !== null) return `output ${i}: ${difference}`
  }
  if (entry.weights === undefined) return outputs[0].requiresGrad ? 'requires grad' : null
  const inputs = found.filter((each) => each.requiresGrad)
  if (inputs.length === 0) return null
  const weights = decodeTensor({ shape: outputs[0].shape, dtype: outputs[0].dtype, data: entry.weights })
  const grads = autograd.grad(outputs[0], inputs, { gradOutputs: weights, allowUnused: true, retainGraph: true })
  const again = autograd.grad(outputs[0], inputs, { gradOutputs: weights, allowUnused: true, createGraph: true })
  for (let i = 0; i < grads.length; i++) {
    const want = entry.grads![i]
    if (want === null || grads[i] === null) {
      if (want !== null || grads[i] !== null) return `gradient ${i}: ${want === null ? 'should be null' : 'is null'}`
      continue
    }
    const difference = tensorDifference(grads[i]!, decodeTensor(want), tolerance)
    if (difference !== null) return `gradient ${i}: ${difference}`
    const path = tensorDifference(again[i]!, grads[i]!, EXACT)
    if (path !== null) return `createGraph ${i}: ${path}`
  }
  return null
}

const cases = fixture.cases as unknown as Case[]
const failures: string[] = []
test.each([...new Set(cases.map(({ op }) => op))])('%s equals PyTorch', (op) => {
  cases.forEach((entry, i) => {
    if (entry.op !== op) return
    let problem: string | null
    try {
      problem = check(entry)
    } catch (error) {
      problem = (error as Error).stack!.split('\n').slice(0, 3).join(' ')
    }
    if (problem !== null) failures.push(`case ${i}, ${op}(${JSON.stringify(entry.args).slice(0, 300)} ${JSON.stringify(entry.kwargs)}): ${problem}`)
  })
})
afterAll(() => require('fs').writeFileSync('/tmp/ops-failures.txt', failures.join('\n')))
