// Libraries of javascript/ as sides. It has a package.json of its own: together they weigh some 300 MB.

import { join } from 'node:path'
import { typescript } from '../process'
import type { Found } from './side'

const folder = join(__dirname, '..', 'javascript')

function side(name: string, library: string, twins: string, version: string): Found {
  return { name, library, version, command: [...typescript(join(folder, 'measure.ts')), twins] }
}

function installed(name: string, twins: string, of: string): Found {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a package that may not be there
    const { version } = require(join(folder, 'node_modules', of, 'package.json')) as { version: string }
    return side(name, name, twins, version)
  } catch {
    return `${of} is not installed (npm install --prefix bench/javascript installs it)`
  }
}

export const loops = (): Found => side('JavaScript', 'Node', 'loops', process.versions.node)

export const tfjs = (): Found => installed('tfjs', 'tfjs', '@tensorflow/tfjs')

export const jaxJs = (): Found => installed('jax-js', 'jax', '@jax-js/jax')
