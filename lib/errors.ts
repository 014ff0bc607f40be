// The library's own error class, and its warnings. Every other error is a TypeError (kind), RangeError (value) or Error (wrong moment).

/** Something that a captured step cannot do, with the way out. */
export class CompileError extends Error {
  override name = 'CompileError'
}

const warned = new Set<string>()

/** Emits a warning once per process. */
export function warnOnce(message: string): void {
  if (warned.has(message)) return
  warned.add(message)
  process.emitWarning(message, 'UserWarning')
}
