// What a call may throw, and which of it is listed as an accident.
import { PLANTED } from './callbacks'

const ACCIDENTS = new RegExp(
  [
    '^internal:',
    'Cannot (read|set|convert|mix|access|assign|destructure|delete|define|add|perform (?!%TypedArray))',
    'is not (a function|iterable|a constructor|defined|an object|extensible)',
    'Invalid (array|typed array|array buffer) length',
    'Maximum call stack',
    "'(get|ownKeys|has|set)' on proxy",
    'object null',
    'could not be cloned',
    'Reduce of empty array',
    'cannot be converted to a BigInt',
    'Cannot mix BigInt',
    "for 'undefined'",
    'got undefined tensors'
  ].join('|')
)

/** What an error means: the caller's own, a message to the user, an accident to be listed, or no error at all. */
export type Verdict = 'planted' | 'message' | 'accident' | 'fault'

/**
 * Calls whose errors are the language's own: a forged receiver, a method as a callback without one, a class of errors,
 * nodes and layers that a caller spoils, an array whose length is none, a proxy that is revoked, and modules that hold
 * themselves, which PyTorch follows without end, too.
 */
const OWN = new RegExp(
  [
    '^\\d+ (\\w+: )?(forged |new (CompileError|autograd.GradcheckError)|(new )?(autograd\\.)?Node\\b|function \\w*(\\.(async|prepare))?\\()',
    '^\\d+ \\w+\\.forward\\(',
    'callback: \\w+.*\\.\\w+',
    'with length \\d',
    'a revoked proxy'
  ].join('|')
)

export function judge(error: unknown, call = ''): Verdict {
  if (error === PLANTED) return 'planted'
  if (!(error instanceof Error) || typeof error.message !== 'string' || error.message === '') return 'fault'
  if (error.message.startsWith(PLANTED)) return 'planted'
  if (!ACCIDENTS.test(error.message) || OWN.test(call)) return 'message'
  return /^Maximum call stack/.test(error.message) && /\bnn\.Module|^\d+ \w+[.:]/.test(call) ? 'message' : 'accident'
}

/** A message without its values, so that like ones are counted together. */
export const pattern = (message: string): string =>
  message
    .split('\n')[0]
    .replace(/\d+(\.\d+)?/g, '#')
    .slice(0, 160)
