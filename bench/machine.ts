// Where the numbers come from.

import { arch, cpus, loadavg, platform, release } from 'node:os'
import { loadAddon } from '../lib/addon'
import type { Side } from './sides'

export interface Machine {
  readonly cpu: string
  readonly cpus: number
  /** Processes that ran or waited in the minute before the benchmark. */
  readonly load: number
  readonly system: string
  /** The instruction set that our kernels were chosen for. */
  readonly isa: string
  /** Of Node and of each library that takes part. */
  readonly versions: Readonly<Record<string, string>>
}

function isa(): string {
  return (loadAddon() as { isa: string }).isa
}

export function readMachine(sides: readonly Side[]): Machine {
  const models = cpus()
  const { node, v8 } = process.versions
  return {
    cpu: models[0].model.trim(),
    cpus: models.length,
    load: loadavg()[0],
    system: `${platform()} ${release()} ${arch()}`,
    isa: isa(),
    versions: { Node: node, V8: v8, ...Object.fromEntries(sides.map(({ library, version }) => [library, version])) }
  }
}
