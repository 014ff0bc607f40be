// Layers that only rearrange elements.

import { flatten } from '../ops/movement'
import { layerOf } from './of-function'

/** Merges dims `startDim` to `endDim` into one; keeps the batch dim unless told otherwise. */
export class Flatten extends layerOf('Flatten(startDim: int = 1, endDim: int = -1)', flatten) {}
