// Programs that use the library as one that is installed: bundled, and imported by its name.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './program'

/** A folder with the programs of test/programs/`programs`, for which the sources are installed as `dyngrad`. */
export function installedBeside(programs: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dyngrad-installed-'))
  const library = join(folder, 'node_modules', 'dyngrad')
  execFileSync(process.execPath, [join(root, 'scripts/bundle.mjs'), join(library, 'dist')])
  cpSync(join(root, 'package.json'), join(library, 'package.json'))
  cpSync(join(root, 'test/programs', programs), folder, { recursive: true })
  return folder
}

/** What a program of the folder prints as JSON in its last line; throws with its output when it fails or hangs. */
export function runInstalled<Result>(folder: string, file: string, args: readonly string[] = []): Result {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [join(folder, file), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, DYNGRAD_PREBUILD: process.env.DYNGRAD_PREBUILD ?? root },
    timeout: 120_000
  })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status ?? signal}\n${stdout}\n${stderr}`)
  return JSON.parse(stdout.trim().split('\n').pop()!) as Result
}
