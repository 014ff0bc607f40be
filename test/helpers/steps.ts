// Training tasks run eagerly, compiled, or by turns; everything that a step leaves is written down after each.

import { type Tensor, manualSeed, nn, optim, rand, randn } from '../../lib'
import { type Counted, counted, stateText, tensorsOf } from './compiled'
import { defaultGenerator } from '../../lib/ops/core/generator'

export type Optimizer = optim.SGD | optim.Adam

/** A step and all that it changes. */
export interface Task {
  readonly step: (...batch: Tensor[]) => unknown
  /** Taken in turn. */
  readonly batches: readonly (readonly Tensor[])[]
  readonly modules?: readonly nn.AnyModule[]
  readonly optimizers?: readonly Optimizer[]
  /** Other tensors to watch. */
  readonly tensors?: readonly Tensor[]
  /** What happens between steps, outside what is compiled. */
  readonly before?: (i: number) => unknown
}

/** A tensor's values as text; any NaN equals any NaN. */
export function bits(tensor: Tensor | null): string {
  if (tensor === null) return 'null'
  const values = tensor.toTypedArray()
  if (values instanceof Float32Array || values instanceof Float64Array)
    values.forEach((value, i) => (values[i] = value !== value ? NaN : value))
  return `${tensor.dtype} [${tensor.shape.join()}] ${Buffer.from(values.buffer).toString('hex')}`
}

type State = Record<string, unknown>

function stateOf({ modules = [], optimizers = [], tensors = [], batches }: Task, result: unknown): State {
  const state: State = { generator: stateText(defaultGenerator) }
  tensorsOf(result).forEach((tensor, i) => {
    state[`output ${i}`] = `${bits(tensor)} ${tensor?.requiresGrad} ${tensor?.gradFn?.name}`
  })
  const tell = (name: string, tensor: Tensor): void => {
    state[name] = bits(tensor)
    state[`${name} version`] = tensor.version
    state[`${name} requiresGrad`] = tensor.requiresGrad
    if (tensor.isLeaf) state[`${name} grad`] = bits(tensor.grad)
  }
  modules.forEach((module, m) => {
    for (const [name, parameter] of module.namedParameters()) tell(`${m}.${name}`, parameter)
    for (const [name, buffer] of module.namedBuffers()) tell(`${m}.${name}`, buffer)
  })
  tensors.forEach((tensor, i) => tell(`tensor ${i}`, tensor))
  batches.flat().forEach((tensor, i) => tell(`batch ${i}`, tensor))
  optimizers.forEach((optimizer, o) => {
    const { state: perParameter, paramGroups } = optimizer.stateDict()
    state[`groups of ${o}`] = JSON.stringify(paramGroups)
    for (const [number, entry] of Object.entries(perParameter))
      for (const [key, value] of Object.entries(entry)) state[`${key} ${number} of ${o}`] = bits(value as Tensor | null)
  })
  return state
}

/** What a run of a task left after each step. */
export interface Run {
  readonly states: readonly State[]
  readonly compiled: Counted<Tensor[], unknown>
  readonly task: Task
}

/** When a task's state is written down: after each step, or after the last one only. */
type Looks = 'always' | 'at the end'

export const TASK_SEED = 7

/** Runs a task made from a seed; `isCompiled` says which steps are. Errors of a step are part of what it leaves. */
export function runTask(
  make: () => Task,
  steps: number,
  isCompiled: (i: number) => boolean,
  looks: Looks = 'always'
): Run {
  manualSeed(TASK_SEED)
  const task = make()
  const compiled = counted(task.step)
  const states: State[] = []
  for (let i = 0; i < steps; i++) {
    task.before?.(i)
    const batch = task.batches[i % task.batches.length]
    let result: unknown
    let error: string | null = null
    try {
      result = (isCompiled(i) ? compiled.call : task.step)(...batch)
    } catch (thrown) {
      error = String(thrown)
    }
    if (looks === 'always' || i === steps - 1) states.push({ step: i, error, ...stateOf(task, result) })
  }
  return { states, compiled, task }
}

/** Which steps are compiled. */
export const mixtures: Readonly<Record<string, (i: number) => boolean>> = {
  'every step': () => true,
  'two of three': (i) => i % 3 !== 1,
  'all but the first two': (i) => i > 1,
  'all but the last': (i) => i < 9
}

export interface Expectation {
  readonly steps?: number
  /** How often the function itself runs when every step is compiled: once for each program that the task needs. */
  readonly programs?: number
}

/** Holds when each mixture of eager and compiled steps leaves what eager steps leave, and the programs really ran. */
export function expectAsEager(make: () => Task, { steps = 10, programs = 1 }: Expectation = {}): void {
  const eager = runTask(make, steps, () => false)
  for (const [name, isCompiled] of Object.entries(mixtures)) {
    const { states, compiled } = runTask(make, steps, isCompiled)
    states.forEach((state, i) => expect({ mixture: name, ...state }).toEqual({ mixture: name, ...eager.states[i] }))
    if (name !== 'every step') continue
    const reasons = compiled.call.programs.map(({ reason }) => reason)
    expect({ runs: compiled.runs(), reasons }).toEqual({ runs: programs, reasons })
    expect(compiled.replays()).toBe(steps - programs)
  }
  const { states } = runTask(make, steps, () => true, 'at the end')
  expect(states[0]).toEqual(eager.states[steps - 1])
}

// ---- pieces of tasks ----

export type Options = Partial<optim.SGDOptions & optim.AdamOptions>

/** The whole step: clear, forward, backward, update. */
export const whole =
  (net: nn.AnyModule, optimizer: Optimizer, loss: (output: Tensor, target: Tensor) => Tensor) =>
  (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad()
    const result = loss((net as nn.Module).forward(x), y)
    result.backward()
    optimizer.step()
    return result
  }

export const sgd =
  (options: Options = {}) =>
  (net: nn.AnyModule): Optimizer =>
    new optim.SGD(net.parameters(), { lr: 0.1, ...options })
export const adam =
  (options: Options = {}) =>
  (net: nn.AnyModule): Optimizer =>
    new optim.Adam(net.parameters(), { lr: 0.01, ...options })
export const momentum = sgd({ momentum: 0.9 })

/** Noise in training mode only. */
export class Noisy extends nn.Module {
  linear = new nn.Linear(3, 3)

  override forward(x: Tensor): Tensor {
    const output = this.linear.forward(x)
    return this.training ? output.mul(rand(output.shape).lt(0.5).float().mul(2)) : output
  }
}

export type Loss = (output: Tensor, y: Tensor) => Tensor

export const mse: Loss = (output, y) => new nn.MSELoss().forward(output, y)
/** Two batches of floats. */
export const dense = (rows: number, columns: number, targets = columns): Tensor[][] => [
  [randn(rows, columns), rand(rows, targets)],
  [randn(rows, columns), rand(rows, targets)]
]
