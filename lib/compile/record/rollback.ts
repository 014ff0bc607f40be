// Undoes what a trial run of a step has changed: bytes, versions and properties.

import { withoutRecording } from '../../recording'
import { type Storage, bytesOf } from '../../storage'
import type { Owner, Recording, VersionRecord } from './recorder'

/** What was there before the first change. */
export class Rollback {
  readonly #bytes = new Map<Storage, Uint8Array>()
  readonly #properties: { readonly owner: Owner; readonly key: string; readonly value: unknown }[] = []
  readonly #added: { readonly owner: Owner; readonly key: string }[] = []
  #versions: readonly VersionRecord[] = []

  keepBytes(storage: Storage): void {
    if (!this.#bytes.has(storage)) this.#bytes.set(storage, bytesOf(storage).slice())
  }

  keepProperty(owner: Owner, key: string): void {
    this.#properties.push({ owner, key, value: withoutRecording(() => owner[key]) })
  }

  /** A property that was not there. */
  dropProperty(owner: Owner, key: string): void {
    this.#added.push({ owner, key })
  }

  /** Versions are known when the run has ended. */
  keepVersions(recording: Recording): void {
    this.#versions = recording.versions
  }

  undo(): void {
    for (const [storage, bytes] of this.#bytes) bytesOf(storage).set(bytes)
    for (const { cell, count } of this.#versions) cell.version -= count
    for (const { owner, key, value } of this.#properties.reverse()) {
      if (!Object.is(owner[key], value)) owner[key] = value
    }
    for (const { owner, key } of this.#added) Reflect.deleteProperty(owner, key)
  }
}
