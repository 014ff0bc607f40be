// This library, as users get it.

import { join } from 'node:path'
import { typescript } from '../process'
import type { Way } from '../trial'
import type { Side } from './side'

const wayNames: Record<Way, string> = { eager: 'eager', compiled: 'compiled', kernels: 'kernels alone' }

/** Our side in one of its ways; a trial of one way knows it by the library's name. */
export function dyngrad(way: Way = 'eager', name = wayNames[way]): Side {
  const { version } = require('../../package.json') as { version: string } // eslint-disable-line @typescript-eslint/no-require-imports
  return { name, library: 'dyngrad', version, command: [...typescript(join(__dirname, '..', 'measure.ts')), way] }
}
