// Files of tensors. Ours are on the disk when a save returns (fsync); PyTorch's are brought there, too.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tensor } from 'dyngrad'
import { load, npy, npz, safetensors, save } from 'dyngrad/io'
import { type Operation, operationCase, waveTensor } from '../jobs/operation'
import type { Trial } from '../trial'

type Tensors = Record<string, Tensor>

let made: string | null = null

/** A path in a folder that goes when the process ends. */
function pathOf(name: string): string {
  if (made === null) {
    const folder = mkdtempSync(join(tmpdir(), 'dyngrad-bench-'))
    process.once('exit', () => rmSync(folder, { recursive: true }))
    made = folder
  }
  return join(made, name)
}

/** So many tensors, each of the same waves and its number. */
function tensorsOf(count: number, size: number): Tensors {
  const waves = waveTensor(size)
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`layer.${i}`, waves.add(i)]))
}

const LAYERS = 64
const large = (): Tensors => tensorsOf(LAYERS, 1 << 20)
const small = (): Tensors => tensorsOf(2000, 100)

const BYTES = 4 * (LAYERS << 20)
const last = (tensors: Tensors): Tensor => tensors[`layer.${LAYERS - 1}`]

const operations: Operation[] = [
  {
    name: 'save 256 MiB, safetensors',
    bytes: BYTES,
    traffic: 'read',
    make: () => {
      const [tensors, path] = [large(), pathOf('large')]
      return () => {
        safetensors.saveFile(tensors, path)
        return last(tensors)
      }
    }
  },
  {
    name: 'load 256 MiB, safetensors',
    bytes: BYTES,
    traffic: 'read',
    make: () => {
      const path = pathOf('large')
      safetensors.saveFile(large(), path)
      return () => last(safetensors.loadFile(path))
    }
  },
  {
    name: 'open, and load one tensor of 64',
    bytes: BYTES / LAYERS,
    traffic: 'read',
    make: () => {
      const path = pathOf('large')
      safetensors.saveFile(large(), path)
      return () => {
        const file = safetensors.open(path)
        const tensor = file.getTensor(`layer.${LAYERS - 1}`)
        file.close()
        return tensor
      }
    }
  },
  {
    name: 'load 256 MiB, .npy',
    bytes: BYTES,
    traffic: 'read',
    make: () => {
      const path = pathOf('large.npy')
      npy.save(path, waveTensor(LAYERS << 20).reshape(LAYERS, -1))
      return () => npy.load(path).at(LAYERS - 1)
    }
  },
  {
    name: 'load 256 MiB, .npz',
    bytes: BYTES,
    traffic: 'read',
    make: () => {
      const path = pathOf('large.npz')
      npz.save(path, large())
      return () => last(npz.load(path))
    }
  },
  {
    name: 'save a state of 2000 tensors of 100',
    make: () => {
      const [state, path] = [small(), pathOf('state')]
      return () => {
        save(state, path)
        return last(state)
      }
    }
  },
  {
    name: 'load a state of 2000 tensors of 100',
    make: () => {
      const path = pathOf('state')
      save(small(), path)
      return () => last(load<Tensors>(path))
    }
  }
]

export const ioFiles: Trial = {
  title:
    'Files of tensors, written to the disk and read from the page cache; PyTorch by torch.save with fsync and torch.load, .npy and .npz by NumPy',
  tolerance: 0,
  threads: [1],
  cases: () => operations.map((each) => operationCase(each))
}
