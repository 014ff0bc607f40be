// A folder of checkpoints: saved every so many steps, the newest and the best kept.

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { warnOnce } from '../errors'
import { member } from '../signature'
import { fileError, pathOf } from './file'
import { openFiles } from './safetensors/open'
import { readState, writeState, writeStateAsync } from './state/file'
import './checkpoint-kinds'

const signatures = {
  constructor: member(
    "CheckpointManager(dir: file, *, keep: count? = null, every: count = 1, mode: checkpointMode = 'min')"
  ),
  save: member('CheckpointManager.save(step: step, state: any, *, metric: float? = null, force: bool = false)'),
  load: member('CheckpointManager.load(step: step? = null)'),
  path: member('CheckpointManager.path(step: step)')
}

/** Options of a `CheckpointManager`. */
export interface CheckpointOptions {
  /** How many checkpoints stay: the newest ones, and besides them the best; null for all. */
  readonly keep?: number | null
  /** Saves at steps that are multiples of this. */
  readonly every?: number
  /** Whether the best checkpoint is that of the least or of the greatest metric. */
  readonly mode?: 'min' | 'max'
}

/** Options of `CheckpointManager.save()`. */
export interface CheckpointSaveOptions {
  /** What `best()` compares, such as the loss of validation. */
  readonly metric?: number | null
  /** Saves whatever the step, such as the last one of a run. */
  readonly force?: boolean
}

/** The key of the metric among the metadata of a file. */
const METRIC = 'dyngrad.metric'
const checkpoint = /^checkpoint-(\d{1,15})\.safetensors$/
const DIGITS = 8

/** A checkpoint that is whole. */
interface Checkpoint {
  readonly step: number
  readonly metric: number | null
}

/** Checkpoints of training states in a folder, by the number of their step. */
export class CheckpointManager {
  readonly dir: string
  readonly keep: number | null
  readonly every: number
  readonly mode: 'min' | 'max'

  constructor(dir: string | URL, options?: CheckpointOptions)
  constructor(...args: unknown[]) {
    const [dir, keep, every, mode] = signatures.constructor.read(args)
    this.dir = pathOf(dir)
    this.keep = keep
    this.every = every
    this.mode = mode
    try {
      mkdirSync(this.dir, { recursive: true })
    } catch (error) {
      throw fileError('CheckpointManager', 'write', this.dir, error)
    }
  }

  /**
   * Saves what `save()` of this package takes, if the step is a multiple of `every`; then removes what is too old. True
   * where it saved. Steps only rise: an older one than the newest of the folder throws.
   */
  save(step: number, state: unknown, options?: CheckpointSaveOptions): boolean
  save(...args: unknown[]): boolean {
    const plan = this.#plan(args)
    if (plan === null) return false
    writeState('save', plan.state, plan.path, plan.beside)
    this.#prune()
    return true
  }

  /** The same without blocking the event loop: saves what the state is at the call. */
  async saveAsync(step: number, state: unknown, options?: CheckpointSaveOptions): Promise<boolean>
  async saveAsync(...args: unknown[]): Promise<boolean> {
    const plan = this.#plan(args)
    if (plan === null) return false
    await writeStateAsync('saveAsync', plan.state, plan.path, plan.beside)
    this.#prune()
    return true
  }

  #plan(args: unknown[]): { state: unknown; path: string; beside: Record<string, string> } | null {
    const [step, state, metric, force] = signatures.save.read(args)
    if (step % this.every !== 0 && !force) return null
    const latest = this.latest()
    if (latest !== null && step < latest) {
      throw new RangeError(
        `CheckpointManager.save: step ${step} is before step ${latest}, which ${this.dir} has; ` +
          'load() that one, or take another folder'
      )
    }
    return { state, path: this.path(step), beside: metric === null ? {} : { [METRIC]: String(metric) } }
  }

  /** The steps of the checkpoints, rising; those that are damaged are left out. */
  steps(): number[] {
    return this.#all().map(({ step }) => step)
  }

  /** The step of the newest checkpoint, null where there is none. */
  latest(): number | null {
    for (const step of this.#named().reverse()) if (this.#read(step) !== null) return step
    return null
  }

  /** The step of the checkpoint with the best metric, the newer one of two; null where none has one. */
  best(): number | null {
    return bestOf(this.#all(), this.mode)
  }

  /** The state of the newest checkpoint, or of that of a step; null where there is none at all. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- who saved it knows what it is
  load<State = any>(step?: number | null): State | null
  load(...args: unknown[]): unknown {
    const [given] = signatures.load.read(args)
    const step = given ?? this.latest()
    return step === null ? null : readState('load', this.path(step))
  }

  /** The file of a step's checkpoint. */
  path(step: number): string
  path(...args: unknown[]): string {
    const [step] = signatures.path.read(args)
    return join(this.dir, `checkpoint-${String(step).padStart(DIGITS, '0')}.safetensors`)
  }

  /** Steps that files are named by, rising. */
  #named(): number[] {
    const names = readdirSync(this.dir).map((name) => checkpoint.exec(name)?.[1])
    return names
      .filter((digits) => digits !== undefined)
      .map(Number)
      .sort((a, b) => a - b)
  }

  #all(): Checkpoint[] {
    return this.#named()
      .map((step) => this.#read(step))
      .filter((each) => each !== null)
  }

  /** What the header of a checkpoint says, null where the file is not whole or gone. */
  #read(step: number): Checkpoint | null {
    try {
      const file = openFiles('CheckpointManager', this.path(step))
      file.close()
      const metric = file.metadata()[METRIC]
      return { step, metric: metric === undefined ? null : Number(metric) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') warnOnce(`${(error as Error).message}; it is left out`)
      return null
    }
  }

  /** Removes what is neither among the newest nor the best, once the newest is whole. */
  #prune(): void {
    if (this.keep === null) return
    const whole = this.#all()
    const kept = whole.slice(-this.keep)
    if (kept.length === 0) return
    const best = bestOf(whole, this.mode)
    for (const step of this.#named()) if (step < kept[0].step && step !== best) rmSync(this.path(step), { force: true })
  }
}

function bestOf(all: readonly Checkpoint[], mode: 'min' | 'max'): number | null {
  const sign = mode === 'min' ? 1 : -1
  let best: { step: number; value: number } | null = null
  for (const { step, metric } of all) {
    const value = sign * (metric ?? NaN)
    if (value <= (best?.value ?? Infinity)) best = { step, value }
  }
  return best?.step ?? null
}
