// Files of training states: safetensors files whose metadata say how the tensors make up the state.

import { writeAtomically, writeAtomicallyAsync } from '../atomic'
import { openFiles } from '../safetensors/open'
import { type Layout, type Metadata, layOut, piecesOfFile } from '../safetensors/write'
import { decode, parseJson } from './decode'
import { encode } from './encode'
import { STATE } from './form'

/** The version of the form that is written. */
const VERSION = 1

/** Writes a state. `beside` are texts to find in the metadata. */
export function writeState(op: string, state: unknown, path: string, beside: Metadata = {}): void {
  writeAtomically(op, path, piecesOfFile(layoutOf(op, state, beside)))
}

/** The same without blocking the event loop; writes what the state is now. */
export async function writeStateAsync(op: string, state: unknown, path: string, beside: Metadata = {}): Promise<void> {
  // All copies are made at once.
  const pieces = [...piecesOfFile(layoutOf(op, state, beside))]
  await writeAtomicallyAsync(op, path, pieces)
}

function layoutOf(op: string, state: unknown, beside: Metadata): Layout {
  const { tensors, json } = encode(op, state)
  return layOut(op, tensors, { ...beside, [STATE]: JSON.stringify({ version: VERSION, state: json }) })
}

/** Reads a state. */
export function readState(op: string, path: string): unknown {
  const file = openFiles(op, path)
  try {
    const text = file.metadata()[STATE]
    if (text === undefined) {
      throw new RangeError(
        `${op}: ${path} has tensors, but no state that save() wrote; safetensors.loadFile() reads its tensors`
      )
    }
    const fail = (reason: string): Error => new RangeError(`${op}: the state of ${path} is broken: ${reason}`)
    const json = parseJson(text, fail) as { version?: unknown; state?: never } | null
    if (json?.version !== VERSION) throw fail('it is of no version that this dyngrad knows')
    return decode(json.state ?? null, file.tensors(), fail)
  } finally {
    file.close()
  }
}
