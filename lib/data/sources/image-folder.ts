// Images in folders, decoded by sharp when they are asked for.

import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { type Tensor, fromTransferable, tensor } from '../../index'
import { loadPeer } from '../../peer'
import { defineWords, member } from '../../signature'
import '../columns/kinds'
import { Dataset, placeOf } from '../dataset'
import { pathOf } from './input'

/** Options of `ImageFolder.open`. */
export interface ImageFolderOptions {
  /** Height and width that all images are brought to, or one number for both; cut to the shape at the middle. */
  readonly resize?: number | readonly [height: number, width: number] | null
  /** Three channels are red, green and blue, one is grey, four have transparency. Default 3. */
  readonly channels?: 1 | 3 | 4
  /** 'float32': from 0 to 1; 'uint8': from 0 to 255. Default 'float32'. */
  readonly dtype?: 'float32' | 'uint8'
  /** Changes each image, a tensor [channels, height, width]. */
  readonly transform?: ((image: Tensor) => Tensor) | null
}

/** One image and the number of its class. */
export interface ImageSample {
  readonly path: string
  readonly target: number
}

declare module '../../signature/types' {
  interface KindTypes {
    imageDtype: 'float32' | 'uint8'
  }
}

defineWords('imageDtype', ['float32', 'uint8'], (word) => `dtype must be 'float32' or 'uint8', got '${word}'`)

const signature = member(
  "open(root: file, *, resize: int|int[]|null = null, channels: int = 3, dtype: imageDtype = 'float32', transform: function? = null)"
)

const extensions = /\.(jpe?g|png|webp|gif|tiff?|avif|bmp|ppm|pgm|svg)$/i

/** An image of more pixels is refused, since a small file can say that it has any number. */
const MOST_PIXELS = 2 ** 26

interface Settings {
  readonly size: readonly [height: number, width: number] | null
  readonly channels: number
  readonly dtype: 'float32' | 'uint8'
  readonly transform: ((image: Tensor) => Tensor) | null
}

/** What is used of sharp. */
type Sharp = (path: string, options: object) => Pipeline
interface Pipeline {
  rotate(): Pipeline
  resize(options: object): Pipeline
  flatten(): Pipeline
  ensureAlpha(): Pipeline
  greyscale(): Pipeline
  toColourspace(space: string): Pipeline
  raw(): Pipeline
  toBuffer(options: { resolveWithObject: true }): Promise<Decoded>
}
interface Decoded {
  readonly data: Buffer
  readonly info: { readonly width: number; readonly height: number; readonly channels: number }
}

/** torchvision's ImageFolder: a folder for each class with its images, as samples `[image, class]`. */
export class ImageFolder extends Dataset<[image: Tensor, target: Tensor]> {
  readonly #settings: Settings
  readonly #sharp: Sharp

  private constructor(
    /** The names of the classes, the folders' names in their order. */
    readonly classes: readonly string[],
    /** The images in the order of classes and names. */
    readonly samples: readonly ImageSample[],
    settings: Settings,
    sharp: Sharp
  ) {
    super()
    this.#settings = settings
    this.#sharp = sharp
  }

  /**
   * The images below `root/<class>/`. Nothing is decoded yet; `getItem` gives float32 `[channels, height, width]`
   * from 0 to 1, or uint8, and the number of the class, int64 without dims.
   */
  static open(root: string | URL, options?: ImageFolderOptions): Promise<ImageFolder>
  static async open(...args: unknown[]): Promise<ImageFolder> {
    const [root, resize, channels, dtype, transform] = signature.read(args)
    const settings = { size: sizeOf(resize), channels: channelsOf(channels), dtype, transform: transform as never }
    const { default: sharp } = await loadPeer<{ readonly default: Sharp }>('sharp', 'decoding images')
    const path = pathOf(root)!
    const entries = await readdir(path, { withFileTypes: true })
    const classes = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    classes.sort()
    if (classes.length === 0) throw new RangeError(`Couldn't find any class folder in ${path}.`)
    const lists = await Promise.all(classes.map((name, target) => samplesIn(join(path, name), target)))
    const empty = classes.filter((_, i) => lists[i].length === 0)
    if (empty.length > 0) throw new RangeError(`Found no valid file for the classes ${empty.join(', ')}.`)
    return new ImageFolder(classes, lists.flat(), settings, sharp)
  }

  get length(): number {
    return this.samples.length
  }

  /** The numbers of the classes of all images, without decoding them. */
  get targets(): number[] {
    return this.samples.map(({ target }) => target)
  }

  async getItem(index: number): Promise<[image: Tensor, target: Tensor]> {
    const { path, target } = this.samples[placeOf(index, this.length, 'getItem')]
    const { transform } = this.#settings
    const image = await this.#decode(path)
    return [transform === null ? image : transform(image), tensor(target, { dtype: 'int64' })]
  }

  async #decode(path: string): Promise<Tensor> {
    const { size, channels, dtype } = this.#settings
    // Turned as the camera says.
    let pipeline = this.#sharp(path, { limitInputPixels: MOST_PIXELS, failOn: 'error' }).rotate()
    if (size !== null) pipeline = pipeline.resize({ height: size[0], width: size[1], fit: 'cover' })
    if (channels === 4) pipeline = pipeline.toColourspace('srgb').ensureAlpha()
    else pipeline = channels === 1 ? pipeline.flatten().greyscale() : pipeline.flatten().toColourspace('srgb')
    let decoded: Decoded
    try {
      decoded = await pipeline.raw().toBuffer({ resolveWithObject: true })
    } catch (error) {
      throw new RangeError(`${path}: it cannot be decoded: ${oneLine((error as Error).message)}`, { cause: error })
    }
    const { width, height } = decoded.info
    if (decoded.info.channels !== channels)
      throw new Error(`internal: ${path}: it decodes to ${decoded.info.channels} channels, not ${channels}`)
    const shape = [channels, height, width]
    const data = planes(decoded.data, channels, dtype)
    return fromTransferable({ dtype, shape, requiresGrad: false, isParameter: false, data: data as Uint8Array })
  }
}

const oneLine = (text: string): string => text.split('\n')[0]

async function samplesIn(folder: string, target: number): Promise<ImageSample[]> {
  const names = await readdir(folder, { recursive: true })
  const images = names.filter((name) => extensions.test(name)).map((name) => name.split(sep).join('/'))
  return images.sort().map((name) => ({ path: join(folder, name), target }))
}

function sizeOf(resize: number | readonly number[] | null): readonly [number, number] | null {
  if (resize === null) return null
  const sizes = typeof resize === 'number' ? [resize, resize] : resize
  if (sizes.length === 2 && sizes.every((size) => size >= 1 && size <= 2 ** 14)) return [sizes[0], sizes[1]]
  throw new RangeError(`open: resize must be one or two sizes from 1 to ${2 ** 14}, got [${sizes.join(', ')}]`)
}

function channelsOf(channels: number): number {
  if (channels === 1 || channels === 3 || channels === 4) return channels
  throw new RangeError(`open: channels must be 1, 3 or 4, got ${channels}`)
}

/** Bytes of pixel after pixel as plane after plane. */
function planes(pixels: Uint8Array, channels: number, dtype: 'float32' | 'uint8'): Uint8Array | Float32Array {
  const count = pixels.length / channels
  const data = dtype === 'uint8' ? new Uint8Array(pixels.length) : new Float32Array(pixels.length)
  const scale = dtype === 'uint8' ? 1 : 255
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < count; i++) data[channel * count + i] = pixels[i * channels + channel] / scale
  }
  return data
}
