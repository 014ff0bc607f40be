// PyTorch, where a Python has it: DYNGRAD_PYTHON, else python3.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Found } from './side'

export function pyTorch(): Found {
  const python = process.env.DYNGRAD_PYTHON ?? 'python3'
  const { status, stdout } = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' })
  if (status !== 0) return 'no Python with torch (set DYNGRAD_PYTHON to one that has it)'
  const command = [python, join(__dirname, '..', 'torch', 'measure.py')]
  return { name: 'PyTorch', library: 'PyTorch', version: stdout.trim(), command }
}
