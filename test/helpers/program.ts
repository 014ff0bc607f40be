// Runs a program of test/programs in a process of its own.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

export const root = join(__dirname, '../..')

/** True under the address sanitizer, which keeps freed memory and slows everything down. */
export const isSanitized = process.env.ASAN_OPTIONS !== undefined

/** The arguments of node that run a program, whose working directory is `root`. */
export const programArguments = (name: string, args: readonly (string | number)[]): string[] => [
  '--require',
  join(root, 'test/environment/source.cjs'),
  join(root, 'test/programs', `${name}.ts`),
  ...args.map(String)
]

/** The last line that the program prints, parsed; throws with its output when it does not end with code 0. */
export function runProgram<Result>(
  name: string,
  args: readonly (string | number)[],
  env: NodeJS.ProcessEnv = {}
): Result {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, programArguments(name, args), {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 26
  })
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${status ?? signal}\n${stdout}\n${stderr}`)
  return JSON.parse(stdout.trim().split('\n').pop()!) as Result
}
