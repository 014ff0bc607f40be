// The library's own error class. Everything else is a TypeError (kind), RangeError (value) or Error (wrong moment).

/** Something that a captured step cannot do, with the way out. */
export class CompileError extends Error {
  override name = 'CompileError'
}
