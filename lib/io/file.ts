// Files: how they are named, opened and read, and what is said where that fails.

import { type Stats, closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineCheck, refusing } from '../signature'

declare module '../signature/types' {
  interface KindTypes {
    file: string | URL
  }
}

const isFile = (value: unknown): boolean => (typeof value === 'string' && value !== '') || value instanceof URL
defineCheck('file', 'a path or a file URL', isFile, refusing(isFile, 'a path or a file URL'))

/** The path that a caller named. */
export const pathOf = (file: string | URL): string => (typeof file === 'string' ? file : fileURLToPath(file))

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EEXIST: 'there is a file of this name',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links go round in circles',
  EFBIG: 'the file would be too large'
}

/** What the system refused, as a sentence; `error.code` stays. */
export function fileError(op: string, action: 'read' | 'write', path: string, cause: unknown): Error {
  const { code, syscall, message } = cause as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return cause as Error
  const isFolderMissing = action === 'write' && code === 'ENOENT'
  const reason = isFolderMissing ? 'there is no such folder' : (reasons[code] ?? message)
  return Object.assign(new Error(`${op}: cannot ${action} ${path}: ${reason}`, { cause }), { code })
}

/** What is said of folders, devices and pipes. */
export function notAFile(op: string, action: 'read' | 'write', path: string, status: Stats): Error {
  const reason = status.isDirectory() ? reasons.EISDIR : 'it is no regular file'
  return new Error(`${op}: cannot ${action} ${path}: ${reason}`)
}

/** A file that is open for reading. */
export class OpenFile {
  #descriptor: number | null
  /** Bytes of the file when it was opened. */
  readonly size: number

  constructor(
    /** The function that reads, for messages. */
    readonly op: string,
    readonly path: string
  ) {
    try {
      // Asked first: to open a pipe waits for whoever writes to it.
      const status = statSync(path)
      if (!status.isFile()) throw notAFile(op, 'read', path, status)
      this.#descriptor = openSync(path, 'r')
      this.size = fstatSync(this.#descriptor).size
    } catch (error) {
      throw fileError(op, 'read', path, error)
    }
  }

  /** Fills `target` from `position` on. */
  read(target: Uint8Array, position: number): void {
    if (this.#descriptor === null) throw new Error(`${this.op}: ${this.path} is closed`)
    let done = 0
    while (done < target.byteLength) {
      const count = this.#readSome(this.#descriptor, target, done, position + done)
      if (count === 0) throw new RangeError(`${this.op}: ${this.path} ends at byte ${position + done}: it is truncated`)
      done += count
    }
  }

  #readSome(descriptor: number, target: Uint8Array, done: number, position: number): number {
    // One call of the system takes less than 2 GiB.
    const length = Math.min(target.byteLength - done, 2 ** 30)
    try {
      return readSync(descriptor, target, done, length, position)
    } catch (error) {
      throw fileError(this.op, 'read', this.path, error)
    }
  }

  /** Closes the file; does nothing where it is closed. */
  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor)
    this.#descriptor = null
  }
}

/** What `use` makes of a file, which is closed afterwards. */
export function withFile<Result>(op: string, path: string, use: (file: OpenFile) => Result): Result {
  const file = new OpenFile(op, path)
  try {
    return use(file)
  } finally {
    file.close()
  }
}
