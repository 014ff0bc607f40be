// A folder for the files that the tests of a suite write.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives paths in a folder of its own, which goes when the suite ends. */
export function temporaryFolder(): (...names: string[]) => string {
  const folder = mkdtempSync(join(tmpdir(), 'dyngrad-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  return (...names) => join(folder, ...names)
}
