// Files and streams as bytes, in slices that take a few milliseconds to parse.

import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import { wrongKind } from '../../kinds'
import { defineCheck, refusing } from '../../signature'
import { Turns, abortable } from '../columns/turn'
import { isAnyIterable } from './rows'

/** A file's name, or its bytes or text as a stream: of Node, of the web, or any iterable. */
export type Input = string | URL | AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>

const isInput = (value: unknown): value is Input =>
  typeof value === 'string' || value instanceof URL || isAnyIterable(value)

const INPUT = 'the name of a file or a stream of bytes'
defineCheck('input', INPUT, isInput, refusing(isInput, INPUT))

declare module '../../signature/types' {
  interface KindTypes {
    input: Input
  }
}

/** The path of a file's name or URL, null for streams. */
export function pathOf(input: string | URL | object): string | null {
  if (typeof input === 'string') return input
  return input instanceof URL ? fileURLToPath(input) : null
}

/** What an input is called in messages. */
export const nameOf = (input: Input): string => pathOf(input) ?? 'input'

/** More bytes at a time hold up the event loop: csv-parse takes 3 ms for these. */
const SLICE = 65_536

/** The bytes of an input in slices of at most 64 KiB; a file whose name ends in .gz is unpacked. */
export async function* bytesOf(
  input: Input,
  op: string,
  signal: AbortSignal | null
): AsyncGenerator<Uint8Array, void, undefined> {
  const path = pathOf(input)
  const turns = new Turns()
  for await (const piece of abortable(
    path === null ? (input as Iterable<Uint8Array | string>) : openFile(path),
    signal
  )) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    if (!(bytes instanceof Uint8Array)) throw wrongKind(op, 'input', 'a stream of bytes or text', bytes)
    for (let start = 0; start < bytes.length; start += SLICE) {
      await turns.take()
      yield bytes.subarray(start, start + SLICE)
    }
  }
}

/** A file as a stream; errors of unpacking name it. */
export function openFile(path: string): AsyncIterable<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: SLICE })
  if (!path.endsWith('.gz')) return file
  // An error of the file ends the other stream, whose reader hears of it.
  const unpacked = pipeline(file, createGunzip({ chunkSize: SLICE }), () => undefined)
  return named(unpacked, path)
}

async function* named(stream: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* stream
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw code?.startsWith('Z_') === true ? new RangeError(`${path}: it cannot be unpacked: ${message}`) : error
  }
}
