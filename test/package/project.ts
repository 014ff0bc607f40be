// Packs the library as `npm publish` would, and installs the tarball into a project elsewhere.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const { sourcesHash } = require('../../scripts/stale-addon.cjs') as { sourcesHash(root: string): string }

export const root = join(__dirname, '../..')
const modules = join(root, 'node_modules')
// A copy, since others may be loading from build/; kept, since the prebuild takes a while.
const stage = join(root, 'build-cmake', 'package')
export const project = mkdtempSync(join(tmpdir(), 'dyngrad-'))
export const installed = join(project, 'node_modules', 'dyngrad')
const platform = `${process.platform}-${process.arch}`
/** The prebuilt binary of this platform in the package. */
export const prebuild = (): string => join('prebuilds', platform, readdirSync(join(stage, 'prebuilds', platform))[0])

const copied = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'binding.gyp',
  'lib',
  'native',
  'scripts',
  'docs'
]
const texts = ['LICENSE', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'test/README.md']

interface Tarball {
  readonly file: string
  /** The paths in it. */
  readonly paths: readonly string[]
}

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program as a user's shell would, and says how it ended. */
export function attempt(program: string, args: string[], cwd = project, env: NodeJS.ProcessEnv = {}): Ended {
  // What jest and npm put into the environment is not there in a user's shell.
  const clean = Object.entries(process.env).filter(([key]) => !/^(NODE_|JEST_|DYNGRAD_|npm_|LD_PRELOAD)/.test(key))
  const options = { cwd, env: { ...Object.fromEntries(clean), ...env }, encoding: 'utf8' as const, maxBuffer: 1 << 28 }
  return spawnSync(program, args, { ...options, shell: process.platform === 'win32' })
}

/** Runs a program that is to succeed; what it prints. */
export function run(program: string, args: string[], cwd = project, env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = attempt(program, args, cwd, env)
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

export const bin = (name: string, ...args: string[]): string => run(join(modules, '.bin', name), args)

export function script(name: string, text: string): string {
  writeFileSync(join(project, name), text)
  return run(process.execPath, [name])
}

/** Makes the prebuild, unless there is one of these sources. */
function prebuildOnce(): void {
  const sources = sourcesHash(root)
  const record = join(root, 'build-cmake', 'package.sources')
  const isFresh = existsSync(join(stage, 'prebuilds', platform)) && existsSync(record)
  if (isFresh && readFileSync(record, 'utf8') === sources) return
  run('npm', ['run', '--silent', 'prebuilds'], stage)
  writeFileSync(record, sources)
}

export function pack(): Tarball {
  mkdirSync(stage, { recursive: true })
  for (const name of readdirSync(stage)) if (name !== 'prebuilds') rmSync(join(stage, name), { recursive: true })
  for (const name of [...copied, ...texts]) cpSync(join(root, name), join(stage, name), { recursive: true })
  symlinkSync(modules, join(stage, 'node_modules'), 'junction')
  prebuildOnce()
  const [report] = JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', project], stage))
  return {
    file: join(project, report.filename),
    paths: report.files.map((file: { path: string }) => file.path)
  }
}

/** npm in the project, without a network: both dependencies come from this checkout. */
export const npm = (...args: string[]): Ended =>
  attempt('npm', [...args, '--offline', '--no-audit', '--no-fund', '--install-links=false'])

export function install({ file }: Tarball): Ended {
  const local = Object.fromEntries(
    ['node-addon-api', 'node-api-headers'].map((name) => [name, `file:${join(modules, name)}`])
  )
  const dependencies = { dyngrad: `file:${file}`, ...local }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, dependencies, overrides: local }))
  return npm('install')
}
