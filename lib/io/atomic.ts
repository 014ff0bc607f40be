// Writing a file so that a process killed at any moment leaves the old one or the new one whole: a temporary file in
// the same folder, fsync, rename, fsync of the folder.

import { chmodSync, closeSync, fsyncSync, openSync, realpathSync, renameSync, statSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileError, notAFile } from './file'
import { discard, removeLeftovers, temporaryName } from './temporary'

/** Bytes of a file, one piece after the other. */
export type Pieces = Iterable<Uint8Array>

/** Writes a file whole, or leaves what was there. */
export function writeAtomically(op: string, path: string, pieces: Pieces): void {
  const write = new Write(op, path)
  try {
    const file = openSync(write.temporary, 'wx')
    try {
      for (const piece of pieces) writeWhole(file, piece)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    write.place()
    if (syncsFolders) syncFolder(dirname(write.path))
  } catch (error) {
    throw write.failed(error)
  } finally {
    write.end()
  }
}

/** The same without blocking the event loop. */
export async function writeAtomicallyAsync(op: string, path: string, pieces: Pieces): Promise<void> {
  const write = new Write(op, path)
  try {
    const file = await open(write.temporary, 'wx')
    try {
      for (const piece of pieces) await writeWholeAsync(file, piece)
      await file.sync()
    } finally {
      await file.close()
    }
    write.place()
    if (syncsFolders) await syncFolderAsync(dirname(write.path))
  } catch (error) {
    throw write.failed(error)
  } finally {
    write.end()
  }
}

function writeWhole(file: number, piece: Uint8Array): void {
  for (let done = 0; done < piece.byteLength;) done += writeSync(file, piece, done)
}

async function writeWholeAsync(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.byteLength;) done += (await file.write(piece, done)).bytesWritten
}

// A rename is on the disk when its folder is; Windows opens no folders.
const syncsFolders = process.platform !== 'win32'

function syncFolder(folder: string): void {
  const file = openSync(folder, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

async function syncFolderAsync(folder: string): Promise<void> {
  const file = await open(folder, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

let begun = 0

/** The writes of one file that have begun and not ended. */
interface Turn {
  pending: number
  /** Number of the newest one that is in place. */
  newest: number
}

const turns = new Map<string, Turn>()

/** One write, from its temporary file to its name. */
class Write {
  readonly path: string
  readonly temporary: string
  readonly #number = ++begun
  readonly #mode: number | null
  readonly #turn: Turn

  constructor(
    readonly op: string,
    readonly given: string
  ) {
    const old = existing(op, given)
    this.path = old?.path ?? resolve(given)
    this.#mode = old?.mode ?? null
    const folder = dirname(this.path)
    removeLeftovers(folder)
    this.temporary = join(folder, temporaryName(basename(this.path)))
    this.#turn = turns.get(this.path) ?? { pending: 0, newest: 0 }
    this.#turn.pending++
    turns.set(this.path, this.#turn)
  }

  /** Gives the temporary file its name, unless a write that began later has done so: the last call wins. */
  place(): void {
    if (this.#turn.newest > this.#number) return discard(this.temporary)
    if (this.#mode !== null) chmodSync(this.temporary, this.#mode)
    renameSync(this.temporary, this.path)
    this.#turn.newest = this.#number
  }

  /** What is said of an error; the temporary file goes. */
  failed(error: unknown): Error {
    discard(this.temporary)
    return fileError(this.op, 'write', this.given, error)
  }

  end(): void {
    if (--this.#turn.pending === 0) turns.delete(this.path)
  }
}

/** The file that is there, behind symbolic links, and its permissions; null where there is none. */
function existing(op: string, given: string): { path: string; mode: number } | null {
  let path: string
  try {
    path = realpathSync(given)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw fileError(op, 'write', given, error)
  }
  const status = statSync(path)
  if (!status.isFile()) throw notAFile(op, 'write', given, status)
  return { path, mode: status.mode & 0o7777 }
}
