// Where a loader is within an epoch, so that another one goes on from there: the random streams as they were when the
// epoch began, and how many batches it has given. What was drawn since is drawn again, away from the streams in use.

import { type Generator, type Tensor, getRngState, setRngState } from '../index'
import { kindText } from '../kinds'
import { isKeywords } from '../signature'
import { isTensor } from './dataset'

/** What `DataLoader.stateDict` gives: plain data and tensors. */
export interface LoaderState {
  /** True within an epoch. */
  readonly isUnderway: boolean
  /** How many batches of the epoch have been handed out. */
  readonly numYielded: number
  /** False where the workers of an earlier epoch went on, so that no seed was drawn. */
  readonly isSeedDrawn: boolean
  /** The default stream as it was when the epoch began, null between epochs. */
  readonly defaultStream: Tensor | null
  /** Of each generator that was passed to the loader or its samplers: its state now, and when the epoch began. */
  readonly generators: readonly { readonly now: Tensor; readonly start: Tensor | null }[]
  /** What the sampler's own `stateDict` gives, null where it has none. */
  readonly sampler: unknown
}

/** States of the default stream and of generators. */
export interface Streams {
  readonly defaultStream: Tensor
  readonly generators: readonly Tensor[]
}

export const streamsNow = (generators: readonly Generator[]): Streams => ({
  defaultStream: getRngState(),
  generators: generators.map((generator) => generator.getState())
})

export function setStreams(generators: readonly Generator[], streams: Streams): void {
  setRngState(streams.defaultStream)
  generators.forEach((generator, i) => generator.setState(streams.generators[i]))
}

/** Draws from streams of its own in place of those in use. */
export class Replay {
  constructor(
    private readonly generators: readonly Generator[],
    private streams: Streams
  ) {}

  run<Result>(draw: () => Result): Result {
    const outside = streamsNow(this.generators)
    setStreams(this.generators, this.streams)
    try {
      return draw()
    } finally {
      this.streams = streamsNow(this.generators)
      setStreams(this.generators, outside)
    }
  }

  /** The same where drawing takes its time. */
  async runLater<Result>(draw: () => PromiseLike<Result>): Promise<Result> {
    const outside = streamsNow(this.generators)
    setStreams(this.generators, this.streams)
    try {
      return await draw()
    } finally {
      this.streams = streamsNow(this.generators)
      setStreams(this.generators, outside)
    }
  }

  /** Leaves the generators, but not the default stream, where the replay has brought them. */
  keepGenerators(): void {
    this.generators.forEach((generator, i) => generator.setState(this.streams.generators[i]))
  }
}

// ---- an epoch ----

export class Epoch {
  /** Batches handed out. */
  numYielded: number
  isUnderway = true

  constructor(
    readonly seed: bigint,
    readonly isSeedDrawn: boolean,
    readonly start: Streams,
    /** Of an epoch that another loader began: batches to pass over, and what they are drawn from. */
    readonly passed: { readonly count: number; readonly replay: Replay } | null
  ) {
    this.numYielded = passed?.count ?? 0
  }
}

/** The state that a caller passes to `loadStateDict`; throws where it is none. */
export function readState(state: unknown, generators: readonly Generator[]): LoaderState {
  const isState =
    isKeywords(state) &&
    typeof state.isUnderway === 'boolean' &&
    Number.isSafeInteger(state.numYielded) &&
    (state.numYielded as number) >= 0 &&
    typeof state.isSeedDrawn === 'boolean' &&
    (state.isUnderway ? isTensor(state.defaultStream) : true) &&
    Array.isArray(state.generators)
  if (!isState)
    throw new TypeError(`loadStateDict: state must be what stateDict() of a DataLoader gave, got ${kindText(state)}`)
  const loaded = state as unknown as LoaderState
  if (loaded.generators.length !== generators.length) {
    throw new RangeError(
      `loadStateDict: the state is of a loader with ${loaded.generators.length} generators, this one has ` +
        `${generators.length}`
    )
  }
  return loaded
}
