// Texts as the numbers of their bytes, for an embedding of 257 rows.

import type { Value } from '../columns/column'
import { type Encoder, type Target, isMissing, mustBe, noValue } from './encoder'
import type { TextSpec } from './specs'

const encoder = new TextEncoder()

/** A text as its UTF-8 bytes. */
export class TextFeatureEncoder implements Encoder<Uint8Array> {
  readonly isInteger = true
  readonly names: readonly string[]

  constructor(
    readonly name: string,
    readonly spec: TextSpec
  ) {
    this.names = Array.from({ length: spec.maxLength }, (_, i) => `${name}[${i}]`)
  }

  read(value: Value | undefined): Uint8Array {
    const { missing = 'error', maxLength, tooLong } = this.spec
    if (isMissing(value) && missing === 'error') {
      throw noValue("say what it becomes: { kind: 'text', missing: { constant: '' } }")
    }
    const text = isMissing(value) ? (missing as { readonly constant: string }).constant : String(value)
    // A character has at least one byte; a long text is not encoded in order to be cut.
    const bytes = encoder.encode(text.length > maxLength ? text.slice(0, maxLength + 1) : text)
    if (bytes.length <= maxLength) return bytes
    if (tooLong !== 'cut') throw mustBe(`of at most ${maxLength} bytes`, value)
    return bytes.subarray(0, maxLength)
  }

  observe(): void {
    // Bytes are the same in every file.
  }

  settle(): void {
    // Nothing was to be found.
  }

  write(raw: Uint8Array, target: Target, at: number): void {
    for (let i = 0; i < raw.length; i++) target[at + i] = raw[i] + 1
  }

  fitted(): object {
    return {}
  }
}
