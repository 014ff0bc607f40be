// Iteration that leaves the event loop its turns, and that an AbortSignal ends.

import { setImmediate as turn } from 'node:timers/promises'

/** Work of so many milliseconds goes on without a turn of the event loop. */
const LONGEST = 8

/** Gives the event loop a turn whenever the work since the last one has taken long. */
export class Turns {
  #last = performance.now()

  /** Resolves at once, or after a turn. */
  async take(): Promise<void> {
    if (performance.now() - this.#last < LONGEST) return
    await turn()
    this.#last = performance.now()
  }
}

type AnyIterator<Item> = AsyncIterator<Item> | Iterator<Item>

/** An iterator of an iterable, be it asynchronous or not. */
export function iteratorOf<Item>(items: AsyncIterable<Item> | Iterable<Item>): AnyIterator<Item> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
}

/**
 * The items of an iterable. Where the signal aborts, it throws the signal's reason at once, also while an item is being
 * waited for, and the iterable, or the stream that it is, is closed.
 */
export async function* abortable<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  signal: AbortSignal | null
): AsyncGenerator<Item, void, undefined> {
  if (signal === null) {
    yield* items
    return
  }
  signal.throwIfAborted()
  const iterator = iteratorOf(items)
  let abort: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error)
  })
  aborted.catch(() => undefined)
  signal.addEventListener('abort', abort, { once: true })
  let isOver = false
  try {
    for (;;) {
      const result = await Promise.race([aborted, iterator.next()])
      if (result.done === true) {
        isOver = true
        return
      }
      yield result.value
      signal.throwIfAborted()
    }
  } finally {
    signal.removeEventListener('abort', abort)
    if (!isOver) close(items, iterator, signal.aborted)
  }
}

/** Closes an iterator; does not wait, since what has been aborted may never answer. */
function close(items: object, iterator: AnyIterator<unknown>, isAborted: boolean): void {
  if (isAborted && 'destroy' in items && typeof items.destroy === 'function') items.destroy()
  void Promise.resolve(iterator.return?.()).catch(() => undefined)
}
