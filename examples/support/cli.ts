// The command line of the examples: flags with their help text, and errors which a user can act on.

import { inspect, parseArgs } from 'node:util'

/** Something the user can put right: shown as one sentence, without a stack. */
export class UserError extends Error {}

export interface Flag {
  readonly type: 'string' | 'boolean'
  readonly default?: string
  /** What stands for the value in the help text. */
  readonly value?: string
  readonly help: string
}

export type Flags<Spec extends Record<string, Flag>> = {
  readonly [Name in keyof Spec]: Spec[Name]['type'] extends 'boolean'
    ? boolean
    : Spec[Name] extends { default: string }
      ? string
      : string | undefined
}

/** Ends the program: a UserError with its sentence alone, anything else as the fault that it is. */
function exitWith(error: unknown): never {
  process.stderr.write(`${error instanceof UserError ? error.message : inspect(error)}\n`)
  process.exit(1)
}

function helpText(usage: string, spec: Record<string, Flag>): string {
  const rows = Object.entries(spec).map(([name, flag]) => [
    flag.type === 'boolean' ? `--${name}` : `--${name} ${flag.value ?? 'VALUE'}`,
    flag.default === undefined ? flag.help : `${flag.help} (default ${flag.default})`
  ])
  const width = Math.max(...rows.map(([left]) => left!.length))
  return `Usage: ${usage}\n\n${rows.map(([left, right]) => `  ${left!.padEnd(width)}  ${right}`).join('\n')}\n`
}

function parse(args: readonly string[], spec: Record<string, Flag>) {
  try {
    return parseArgs({ args: [...args], options: spec, allowPositionals: true, tokens: true })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const name = /--?[\w-]+/.exec(message)?.[0] ?? 'this option'
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      const known = Object.keys(spec).map((flag) => `--${flag}`)
      throw new UserError(`Unknown option ${name}: the options are ${known.join(', ')}.`)
    }
    if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
      const boolean = spec[name.slice(2)]?.type === 'boolean'
      throw new UserError(
        boolean
          ? `${name} takes no value.`
          : `${name} needs a value; one that starts with a dash is written ${name}=-1.`
      )
    }
    throw error
  }
}

/** Reads flags and positional arguments; throws a UserError for what it does not know. */
export function parseFlags<Spec extends Record<string, Flag>>(
  args: readonly string[],
  spec: Spec
): { flags: Flags<Spec>; positionals: string[] } {
  const { values, positionals } = parse(args, spec)
  const flags = Object.fromEntries(
    Object.entries(spec).map(([name, { type }]) => [name, values[name] ?? (type === 'boolean' ? false : undefined)])
  )
  return { flags: flags as Flags<Spec>, positionals }
}

/**
 * Reads this program's command line of flags and `files` positional arguments; `--help` prints the help text and ends.
 * From here on a UserError, wherever it is thrown, ends the program with its sentence and exit code 1.
 */
export function commandLine<Spec extends Record<string, Flag>>(usage: string, spec: Spec, files = 0) {
  process.on('uncaughtException', exitWith)
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpText(usage, spec))
    process.exit(0)
  }
  const { flags, positionals } = parseFlags(args, spec)
  if (positionals.length > files) throw new UserError(`Unexpected argument "${positionals[files]}": ${usage}`)
  if (positionals.length < files) throw new UserError(`A file is missing: ${usage}`)
  return { flags, files: positionals }
}

/** The value of a flag as a whole number of at least `min`. */
export function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < min) {
    throw new UserError(`--${name} takes a whole number of at least ${min}, not "${text}".`)
  }
  return value
}

/** The value of a flag as a number strictly between `low` and `high`. */
export function numberBetween(name: string, text: string, low: number, high: number): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > low && value < high)) {
    const range = high === Infinity ? `greater than ${low}` : `between ${low} and ${high}`
    throw new UserError(`--${name} takes a number ${range}, not "${text}".`)
  }
  return value
}

/** A sentence for what the file system refused, such as "out: not a directory". */
export function fileError(path: string, error: unknown): UserError {
  const { code, message } = error as NodeJS.ErrnoException
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'this is a directory, not a file',
    ENOTDIR: 'a part of this path is a file, not a directory',
    EEXIST: 'this is a file, not a directory',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full'
  }
  return new UserError(`${path}: ${reasons[code ?? ''] ?? message}.`)
}
