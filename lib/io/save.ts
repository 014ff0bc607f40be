// Whole training states in one file: save(), save.async() and load().

import { type OrKeyword, member } from '../signature'
import { pathOf } from './file'
import { readState, writeState, writeStateAsync } from './state/file'

const signatures = {
  save: member('save(state: any, file: file)'),
  load: member('load(file: file)')
}

function saveNow(state: unknown, file: string | URL): void
function saveNow(...args: unknown[]): void {
  const [state, file] = signatures.save.read(args)
  writeState('save', state, pathOf(file))
}

// Its body runs up to the first write within the call, and what it throws rejects the promise.
async function saveAsync(state: unknown, file: string | URL): Promise<void>
async function saveAsync(...args: unknown[]): Promise<void> {
  const [state, file] = signatures.save.read(args)
  await writeStateAsync('save', state, pathOf(file))
}

/**
 * Writes a training state to a file: tensors, JSON values, undefined, BigInts, plain objects and arrays of these, and
 * whatever has a `stateDict()` (modules, optimizers), of which that is saved, or is a Generator, of which its state is.
 * The file is complete or, after an error or a kill, as it was. `save.async` writes what the state is at the call
 * without blocking the event loop; of several writes to one file the last call wins.
 */
export const save: {
  (state: unknown, file: string | URL): void
  async: (state: unknown, file: string | URL) => Promise<void>
} = Object.assign(saveNow, { async: saveAsync })

/**
 * The state that `save` wrote: plain objects to give to `loadStateDict()`, tensors with memory of their own; those that
 * stood in several places are one tensor. Of a Generator it is the tensor that `setState()` takes.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- who saved it knows what it is, as with JSON.parse()
export function load<State = any>(file: OrKeyword<'file', string | URL>): State
export function load(...args: unknown[]): unknown {
  const [file] = signatures.load.read(args)
  return readState('load', pathOf(file))
}
