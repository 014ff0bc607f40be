// How a program over tensors differs compiled from eager, and the smallest program that still does.
import { setNumThreads } from '../../lib'
import { firstDifference } from './chooser'
import { type Outcome, type TensorProgram, World, makeOuters } from './tensor-programs'

/** What compile() says it does not capture. */
const REFUSED =
  /^CompileError: compile: (argument \d+ is written in place with a result that requires grad|in-place writing with a gradient of a tensor from outside)/

/** How replayed calls differ from eager ones, null when they do not. */
export function difference(program: TensorProgram): string | null {
  setNumThreads(program.threads)
  const eager = new World(program, false)
  const compiled = new World(program, true)
  for (let round = 0; round < program.calls.length; round++) {
    const [a, b] = [eager.call(round), compiled.call(round)]
    if (b.error !== null && REFUSED.test(b.error)) return null
    const found = attempt(() => compare(a, b, program.outers.length))
    if (found !== null)
      return `call ${round}: ${found} (${compiled.count.calls} of ${round + 1} calls ran the function)`
  }
  lastReplays = program.calls.length - compiled.count.calls
  return null
}

/** What `compare` finds; results may be so wrong that they cannot be read. */
function attempt(compare: () => string | null): string | null {
  try {
    return compare()
  } catch (error) {
    return `a result cannot be read: ${String(error)}`
  }
}

/** Calls of the last program that did not run its function. */
let lastReplays = 0

export const replaysOfLast = (): number => lastReplays

function compare(a: Outcome, b: Outcome, outers: number): string | null {
  if (a.error !== b.error) return `eager ${a.error ?? 'passes'}, compiled ${b.error ?? 'passes'}`
  // A backward that fails has reached some leaves before in eager mode, and none in a captured one.
  if (a.error?.includes('modified by an inplace operation') === true) return null
  if (a.results.length !== b.results.length) return `${a.results.length} results, compiled ${b.results.length}`
  for (let i = 0; i < a.state.length; i++) {
    const [left, right] = [a.state[i], b.state[i]]
    const name = i < outers ? `outer ${i}` : `result or gradient ${i - outers}`
    if (left === null || right === null) {
      if (left !== right) return `${name}: eager ${left === null ? 'null' : 'a tensor'}, compiled the other`
      continue
    }
    const [g, h] = [left, right].map((t) => `${t.dtype} [${t.shape.join()}] strides [${t.strides.join()}]`)
    if (g !== h) return `${name}: eager ${g}, compiled ${h}`
    const at = firstDifference(left, right)
    if (at >= 0) return `${name} element ${at}: eager ${left.toTypedArray()[at]}, compiled ${right.toTypedArray()[at]}`
  }
  const at = a.words.findIndex((words, i) => words !== b.words[i])
  return at < 0 ? null : `eager ${a.words[at]}, compiled ${b.words[at]}`
}

/** A smaller program that differs, too, and how. */
export function shrunk(program: TensorProgram): { program: TensorProgram; difference: string } {
  let found = difference(program) ?? 'nothing any more'
  let best = program
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false
    for (const candidate of smaller(best)) {
      const again = differenceOf(candidate)
      if (again === null) continue
      ;[best, found, isSmaller] = [candidate, again, true]
      break
    }
  }
  return { program: best, difference: found }
}

/** Programs that eager mode refuses at once are no smaller examples. */
function differenceOf(program: TensorProgram): string | null {
  const eager = new World(program, false)
  const { error } = eager.call(0)
  if (error?.startsWith('TypeError: Cannot read') === true) return null
  try {
    return difference(program)
  } catch {
    return null
  }
}

function* smaller(program: TensorProgram): Generator<TensorProgram> {
  const { statements, outputs, calls } = program
  for (const statement of [...statements].reverse()) {
    const { id } = statement
    // Whoever used the value takes what it was made from.
    for (const instead of [...statement.sources, null]) {
      const removed = new Set([id])
      const rest = statements.flatMap((other) => {
        if (removed.has(other.id)) return []
        if (instead === null && other.sources.some((source) => removed.has(source))) {
          removed.add(other.id)
          return []
        }
        return [{ ...other, sources: other.sources.map((source) => (source === id ? instead! : source)) }]
      })
      const kept = outputs.flatMap((output) =>
        !removed.has(output) ? [output] : instead === null || output !== id ? [] : [instead]
      )
      yield { ...program, statements: rest, outputs: kept }
    }
  }
  for (const output of outputs)
    if (outputs.length > 1) yield { ...program, outputs: outputs.filter((o) => o !== output) }
  for (const i of calls.keys()) if (calls.length > 1) yield { ...program, calls: calls.filter((_, j) => j !== i) }
  if (program.closures.length > 0) {
    // A closure that nobody uses goes.
    const [, ...rest] = program.closures
    const shift = (id: number): number => id - 1
    const isUsed = outputs.includes(0) || statements.some(({ sources }) => sources.includes(0))
    if (!isUsed)
      yield {
        ...program,
        closures: rest,
        outputs: outputs.map(shift),
        statements: statements.map((s) => ({ ...s, id: shift(s.id), sources: s.sources.map(shift) }))
      }
  }
  if (program.usesFirstOnly) yield { ...program, usesFirstOnly: false }
  if (program.mode !== 'plain') yield { ...program, mode: 'plain' }
  if (program.threads > 1) yield { ...program, threads: 1 }
  if (program.outers.some(({ requiresGrad }) => requiresGrad))
    yield { ...program, outers: program.outers.map((outer) => ({ ...outer, requiresGrad: false })) }
}

export function describe({
  mode,
  outers,
  closures,
  calls,
  statements,
  outputs,
  usesFirstOnly,
  threads
}: TensorProgram): string {
  const made = makeOuters(outers)
  const names = (id: number): string =>
    id < closures.length
      ? `o${closures[id]}`
      : id < closures.length + calls[0].length
        ? `x${id - closures.length}`
        : `v${id}`
  const used = new Set([...closures, ...calls.flat()])
  for (const i of [...used]) if (outers[i].of >= 0) used.add(outers[i].of)
  const lines = [
    ...made.flatMap((tensor, i) => {
      if (!used.has(i)) return []
      const { of, view, requiresGrad } = outers[i]
      const from = of < 0 ? '' : ` is ${view === '' ? '$0' : view}`.replace('$0', `o${of}`)
      return (
        `o${i} ${tensor.dtype} [${tensor.shape.join()}] strides [${tensor.strides.join()}] offset ${tensor.storageOffset()}` +
        `${requiresGrad ? ' requires grad' : ''}${from}`
      )
    }),
    `calls ${calls.map((call) => `f(${call.map((i) => `o${i}`).join()})`).join('; ')}`,
    ...statements.map(
      ({ id, text, sources }) => `  v${id} = ${text.replace(/\$(\d)/g, (_, i: string) => names(sources[Number(i)]))}`
    ),
    `  return ${outputs.map(names).join()}`,
    `${mode}${usesFirstOnly ? ' of the first' : ''}, ${threads} threads`
  ]
  return lines.join('\n')
}
