// Saves states in a folder until it is killed: by save(), by save.async() and by a CheckpointManager, each step once.
// Arguments: folder. Says when the first step is done.

import { join } from 'node:path'
import { full } from '../../lib'
import { CheckpointManager, load, save } from '../../lib/io'

const [folder] = process.argv.slice(2)
const elements = 500_000

async function run(): Promise<void> {
  const checkpoints = new CheckpointManager(join(folder, 'checkpoints'), { keep: 2 })
  const first = ((checkpoints.load() as { step: number } | null)?.step ?? 0) + 1
  // What was left is whole, and its step is that of its tensor.
  if (first > 1) load(join(folder, 'sync'))
  for (let step = first; ; step++) {
    const state = { step, x: full([elements], step), list: Array.from({ length: 100 }, (_, i) => full([i], step)) }
    save(state, join(folder, 'sync'))
    const pending = save.async(state, join(folder, 'async'))
    checkpoints.save(step, state, { metric: step % 5 })
    await pending
    if (step === first) process.stdout.write('saved\n')
  }
}

void run()
