// What a call may throw, and which of it is listed as an accident.
import { PLANTED } from './callbacks'

const ACCIDENTS = new RegExp(
  [
    '^internal:',
    'Cannot (read|set|convert|mix|access|assign|destructure|perform|delete|define|add)',
    'is not (a function|iterable|a constructor|defined|an object|extensible)',
    'Invalid (array|typed array|array buffer) length',
    'Maximum call stack',
    'Method .* called on',
    'private (member|field)',
    "'(get|ownKeys|has|set)' on proxy",
    'object null',
    'detached',
    'could not be cloned',
    'Reduce of empty array',
    'must be an instance of',
    'cannot be converted to a BigInt',
    'Cannot mix BigInt',
    "for 'undefined'",
    'got undefined tensors'
  ].join('|')
)

/** What an error means: the caller's own, a message to the user, an accident to be listed, or no error at all. */
export type Verdict = 'planted' | 'message' | 'accident' | 'fault'

export function judge(error: unknown): Verdict {
  if (error === PLANTED) return 'planted'
  if (!(error instanceof Error) || typeof error.message !== 'string' || error.message === '') return 'fault'
  if (error.message.startsWith(PLANTED)) return 'planted'
  return ACCIDENTS.test(error.message) ? 'accident' : 'message'
}

/** A message without its values, so that like ones are counted together. */
export const pattern = (message: string): string =>
  message
    .split('\n')[0]
    .replace(/\d+(\.\d+)?/g, '#')
    .slice(0, 160)
