import { type Tensor, nn, optim } from '../../../lib'
import {
  type Columns,
  DataLoader,
  type FeatureSpecs,
  Features,
  TensorDataset,
  columns,
  source
} from '../../../lib/data'
import { thrown } from '../../helpers/check'
import { rejection } from '../../helpers/rejection'

const people = [
  { age: 20, sex: 'f', paid: 10, vip: true, joined: '1970-01-02', note: 'é', label: 'no' },
  { age: 30, sex: 'm', paid: 20, vip: 'no', joined: '1970-01-03', note: 'ab', label: 'yes' },
  { age: null, sex: 'f', paid: 30, vip: 0, joined: '1970-01-04', note: '', label: 'yes' },
  { age: 70, sex: 'm', paid: 1000, vip: 'TRUE', joined: '1970-01-07', note: 'abcd', label: 'no' }
]
const data = columns(people)

/** The features of one column: fitted on the people, as lists. */
async function fitted(name: keyof (typeof people)[0], spec: FeatureSpecs[string]): Promise<unknown> {
  const features = await data.features({ [name]: spec })
  const [x] = (await features.tensors(data)) as unknown as [Tensor]
  return [features.names, x.tolist()]
}

const rounded = (numbers: readonly number[]): number[][] => numbers.map((number) => [...Float32Array.of(number)])

describe('numeric', () => {
  test('is scaled by mean and deviation, range, quartiles, or not', async () => {
    const deviation = Math.sqrt((255 ** 2 + 245 ** 2 + 235 ** 2 + 735 ** 2) / 4)
    expect(await fitted('paid', 'numeric')).toEqual([
      ['paid'],
      rounded([-255, -245, -235, 735].map((each) => each / deviation))
    ])
    expect(await fitted('paid', { kind: 'numeric', scale: 'minMax' })).toEqual([
      ['paid'],
      rounded([0, 10 / 990, 20 / 990, 1])
    ])
    expect(await fitted('paid', { kind: 'numeric', scale: 'robust' })).toEqual([
      ['paid'],
      rounded([-15, -5, 5, 975].map((each) => each / (272.5 - 17.5)))
    ])
    expect(await fitted('paid', { kind: 'numeric', scale: 'none' })).toEqual([['paid'], [[10], [20], [30], [1000]]])
  })

  test('of one value becomes 0', async () => {
    const same = columns([{ a: 5 }, { a: 5 }])
    for (const scale of ['standard', 'minMax', 'robust'] as const) {
      const [x] = await (await same.features({ a: { kind: 'numeric', scale } })).tensors(same)
      expect(x.tolist()).toEqual([[0], [0]])
    }
  })

  test('takes mean, median or a constant for what is missing, and says so by an indicator', async () => {
    const at = async (missing: 'mean' | 'median' | { constant: number }): Promise<unknown> => {
      const [, list] = (await fitted('age', { kind: 'numeric', scale: 'none', missing, indicator: true })) as [
        unknown,
        number[][]
      ]
      return list[2]
    }
    expect(await at('mean')).toEqual([40, 1])
    expect(await at('median')).toEqual([30, 1])
    expect(await at({ constant: -1 })).toEqual([-1, 1])
    expect(await fitted('age', { kind: 'numeric', scale: 'none', missing: 'mean', indicator: true })).toEqual([
      ['age', 'age.missing'],
      [[20, 0], [30, 0], [40, 1], [70, 0]]
    ]) // prettier-ignore
  })
})

test('boolean takes true, false and their words', async () => {
  expect(await fitted('vip', 'boolean')).toEqual([['vip'], [[1], [0], [0], [1]]])
})

test('date is days since 1970, scaled', async () => {
  expect(await fitted('joined', { kind: 'date', scale: 'none' })).toEqual([['joined'], [[1], [2], [3], [6]]])
  expect(await fitted('joined', { kind: 'date', scale: 'minMax' })).toEqual([['joined'], rounded([0, 0.2, 0.4, 1])])
})

describe('category', () => {
  test('is a feature for each value and one for unknown ones', async () => {
    const features = await data.features({ sex: 'category' })
    expect(features.names).toEqual(['sex=f', 'sex=m', 'sex=<unknown>'])
    expect(features.categories('sex')).toEqual(['f', 'm'])
    expect(features.transform([{ sex: 'm' }, { sex: 'f' }, { sex: 'x' }]).tolist()).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 1]
    ])
  })

  test('or its number', async () => {
    const features = await data.features({ sex: { kind: 'category', encode: 'index', group: 'codes' } })
    const { codes } = features.transform([{ sex: 'm' }, { sex: 'f' }, { sex: 'x' }])
    expect([codes.dtype, codes.tolist()]).toEqual(['int64', [[1], [0], [2]]])
  })

  test('unknown and missing values are what the spec says', async () => {
    const strict = await data.features({ sex: { kind: 'category', unknown: 'error' } })
    expect(strict.names).toEqual(['sex=f', 'sex=m'])
    expect(thrown(() => strict.transform({ sex: 'x' }))).toBe(
      "RangeError: transform: column 'sex' must be one of the categories of the training rows, got 'x'"
    )
    expect(thrown(() => strict.transform({}))).toBe(
      "RangeError: transform: column 'sex' has no value; say what it becomes: { kind: 'category', missing: 'unknown' }"
    )
    const bucket = await data.features({ sex: { kind: 'category', missing: 'unknown', indicator: true } })
    expect(bucket.transform({ sex: null }).tolist()).toEqual([0, 0, 1, 1])
    const constant = await data.features({ sex: { kind: 'category', missing: { constant: 'd' } } })
    expect(constant.names).toEqual(['sex=d', 'sex=f', 'sex=m', 'sex=<unknown>'])
    expect(constant.transform({ sex: '' }).tolist()).toEqual([1, 0, 0, 0])
  })

  test('numbers are in their order, and the same as the texts that write them', async () => {
    const rows = columns([{ c: 10 }, { c: 9 }, { c: 1.5 }])
    const features = await rows.features({ c: { kind: 'category', encode: 'index' } })
    expect(features.categories('c')).toEqual(['1.5', '9', '10'])
    expect(features.transform([{ c: '1.50' }, { c: '10' }, { c: 9n }, { c: '010' }]).tolist()).toEqual([
      [0],
      [2],
      [1],
      [3]
    ])
    const flags = await columns([{ c: true }, { c: false }]).features({ c: { kind: 'category', encode: 'index' } })
    expect(flags.transform([{ c: 'True' }, { c: false }]).tolist()).toEqual([[1], [0]])
  })

  test('too many or too long ones are refused', async () => {
    const many = columns(Array.from({ length: 1001 }, (_, i) => ({ c: `c${i}` })))
    expect(await rejection(many.features({ c: 'category' }))).toBe(
      "RangeError: features: column 'c' has more than 1000 categories; raise its limit, or take it as another kind"
    )
    expect((await many.features({ c: { kind: 'category', limit: 1001 } })).names.length).toBe(1002)
    expect(await rejection(many.features({ c: { kind: 'category', maxLength: 3, limit: 2000 } }))).toBe(
      "RangeError: row 101: column 'c' must be of at most 3 characters, got 'c100'"
    )
  })
})

test('text is the numbers of its bytes, a group of its own', async () => {
  const features = await data.features({
    note: { kind: 'text', maxLength: 3, tooLong: 'cut', missing: { constant: '-' } },
    paid: 'numeric'
  })
  const [{ x, note }] = await features.tensors(data)
  expect(note.dtype).toBe('int64')
  expect(note.tolist()).toEqual([[196, 170, 0], [98, 99, 0], [46, 0, 0], [98, 99, 100]]) // prettier-ignore
  expect(x.shape).toEqual([4, 1])
  expect(features.groups).toEqual({ note: ['note[0]', 'note[1]', 'note[2]'], x: ['paid'] })
  expect(await rejection(data.features({ note: { kind: 'text', maxLength: 3, missing: { constant: '' } } }))).toBe(
    "RangeError: row 4: column 'note' must be of at most 3 bytes, got 'abcd'"
  )
  expect(await rejection(data.features({ note: { kind: 'text', maxLength: 9 } }))).toBe(
    "RangeError: row 3: column 'note' has no value; say what it becomes: { kind: 'text', missing: { constant: '' } }"
  )
})

describe('label', () => {
  const labelled = async (label: FeatureSpecs[string], from: Columns = data): Promise<[unknown, unknown, unknown]> => {
    const features = await from.features({ paid: 'numeric', label })
    const [, y] = (await features.tensors(from)) as unknown as [Tensor, Tensor]
    return [features.classes, y.dtype, y.tolist()]
  }

  test('is the number of its class, 0 or 1, or a number', async () => {
    expect(await labelled('label')).toEqual([['no', 'yes'], 'int64', [0, 1, 1, 0]])
    expect(await labelled({ kind: 'label', encode: 'binary' })).toEqual([
      ['no', 'yes'],
      'float32',
      [[0], [1], [1], [0]]
    ])
    const numbers = columns([
      { paid: 1, label: 1.5 },
      { paid: 2, label: '2' }
    ])
    expect(await labelled({ kind: 'label', encode: 'number' }, numbers)).toEqual([null, 'float32', [[1.5], [2]]])
  })

  test('several numbers are columns of one tensor', async () => {
    const two = columns([{ a: 1, p: 2, q: 3 }, { a: 2, p: 4, q: 5 }]) // prettier-ignore
    const encode = { kind: 'label', encode: 'number' } as const
    const [, y] = await (await two.features({ a: 'numeric', p: encode, q: encode })).tensors(two)
    expect(y.tolist()).toEqual([[2, 3], [4, 5]]) // prettier-ignore
    expect(await rejection(two.features({ a: 'numeric', p: encode, q: 'label' }))).toBe(
      "RangeError: features: several labels (p, q) must be of encode 'number' or 'binary'"
    )
  })

  test('is refused where it is missing, unknown, or of too many classes', async () => {
    const rows = columns([{ a: 1, y: 'p' }, { a: 2, y: null }]) // prettier-ignore
    expect(await rejection(rows.features({ a: 'numeric', y: 'label' }))).toBe(
      "RangeError: row 2: column 'y' has no value; a label must be there; leave the row out: onBadRow"
    )
    const features = await data.features({ paid: 'numeric', label: 'label' })
    expect(await rejection(features.tensors(columns([{ paid: 1, label: 'maybe' }])))).toBe(
      "RangeError: row 1: column 'label' must be one of the classes of the training rows, got 'maybe'"
    )
    expect(await rejection(data.features({ sex: 'category', age: { kind: 'label', encode: 'number' } }))).toMatch(
      'row 3'
    )
    expect(await rejection(data.features({ sex: 'category', paid: { kind: 'label', encode: 'binary' } }))).toBe(
      "RangeError: features: column 'paid' has more than 2 classes; raise its limit, or take it as another kind"
    )
    const one = columns([{ a: 1, y: 'p' }])
    expect(await rejection(one.features({ a: 'numeric', y: { kind: 'label', encode: 'binary' } }))).toBe(
      "RangeError: features: column 'y' must have two classes, got 1"
    )
  })
})

const specs = {
  age: { kind: 'numeric', missing: 'median', indicator: true },
  sex: 'category',
  paid: { kind: 'numeric', scale: 'robust' },
  vip: 'boolean',
  joined: 'date',
  label: 'label'
} as const

describe('Features', () => {
  test('batches are rows in their order, the last perhaps shorter', async () => {
    const features = await data.features(specs)
    const [x, y] = await features.tensors(data)
    const batches: [Tensor, Tensor][] = []
    for await (const batch of features.batches(data, 3)) batches.push(batch)
    expect(batches.map(([each]) => each.shape)).toEqual([[3, 8], [1, 8]]) // prettier-ignore
    expect(batches[0][0].equal(x.narrow(0, 0, 3)) && batches[1][0].equal(x.narrow(0, 3, 1))).toBe(true)
    expect(batches.flatMap(([, labels]) => labels.tolist())).toEqual(y.tolist())
    let count = 0
    for await (const [each] of features.batches(data, 3, { dropLast: true })) count += each.shape[0]
    expect(count).toBe(3)
  })

  test('all rows are a dataset for a loader that shuffles', async () => {
    const features = await data.features(specs)
    const [x, y] = await features.tensors(data)
    const loader = new DataLoader(new TensorDataset(x, y), { batchSize: 3, shuffle: true })
    let sum = 0
    for (const [rows, labels] of loader) sum += rows.shape[0] + Number(labels.sum().item())
    expect(sum).toBe(4 + 2)
  })

  test('a single record is the row of training, bit for bit, also after JSON', async () => {
    const features = await data.features(specs)
    const [x] = await features.tensors(data)
    const back = Features.fromJSON(JSON.parse(JSON.stringify(features)))
    expect(back.names).toEqual(features.names)
    expect(back.classes).toEqual(features.classes)
    people.forEach((person, i) => {
      expect(features.transform(person).equal(x.at(i))).toBe(true)
      expect(back.transform(person).equal(x.at(i))).toBe(true)
    })
    expect(back.transform(people).equal(x)).toBe(true)
    expect(back.toJSON()).toEqual(features.toJSON())
  })

  test('labels need not be there when serving', async () => {
    const features = await data.features({ paid: 'numeric', label: 'label' })
    expect(features.transform({ paid: 255 }).shape).toEqual([1])
    expect(features.transform([]).shape).toEqual([0, 1])
    expect(thrown(() => features.transform({ paid: 'much' }))).toBe(
      "RangeError: transform: column 'paid' must be a finite number, got 'much'"
    )
    expect(thrown(() => features.transform([{ paid: 1 }, { paid: Infinity }]))).toBe(
      "RangeError: transform: record 1: column 'paid' must be a finite number, got Infinity"
    )
    expect(thrown(() => features.transform(5 as never))).toBe(
      'TypeError: transform: records must be a record or an array of records, got 5'
    )
  })

  test('groups are tensors of their own', async () => {
    const features = await data.features({
      paid: { kind: 'numeric', group: 'wide' },
      age: { kind: 'numeric', missing: 'mean' },
      label: 'label'
    })
    for await (const [{ x, wide }, y] of features.batches(data, 4))
      expect([x.shape, wide.shape, y.shape]).toEqual([[4, 1], [4, 1], [4]])
  })

  test('without a label there are none', async () => {
    for await (const [x, y] of (await data.features({ paid: 'numeric' })).batches(data, 4))
      expect([x.shape, y]).toEqual([[4, 1], null])
  })

  test('statistics are of training rows alone', async () => {
    const train = columns([{ a: 0 }, { a: 2 }])
    const features = await train.features({ a: 'numeric' })
    const [x] = await features.tensors(columns([{ a: 100 }]))
    expect(x.tolist()).toEqual([[99]])
  })

  const file = ['a,b,y\n1,2,p\nx,2,p\n3,,q\n5,4,q\n']

  test('a bad value is told with file, line and column', async () => {
    const csv = source.csv(file, { types: { a: 'text' } })
    expect(await rejection(csv.features({ a: 'numeric', y: 'label' }))).toBe(
      "RangeError: input:3: column 'a' must be a finite number, got 'x'"
    )
    expect(await rejection(csv.features({ b: 'numeric', y: 'label' }))).toBe(
      "RangeError: input:4: column 'b' has no value; say what it becomes: { kind: 'numeric', missing: … }"
    )
    expect(await rejection(csv.features({ c: 'numeric' }))).toBe(
      "RangeError: features: there is no column 'c'; did you mean 'a'?"
    )
    const long = columns([{ a: 'x'.repeat(50) }])
    expect(await rejection(long.features({ a: 'numeric' }))).toMatch(`got '${'x'.repeat(40)}…'`)
  })

  test('rows with one are left out of statistics and batches, and listed once', async () => {
    const csv = source.csv(file)
    const features = await csv.features({ a: 'numeric', b: 'numeric', y: 'label' }, { onBadRow: 'collect' })
    expect(features.badRows.map(({ place, column }) => [place, column])).toEqual([
      ['input:3', 'a'],
      ['input:4', 'b']
    ])
    const [x, y] = await features.tensors(csv)
    expect([x.tolist(), y.tolist()]).toEqual([[[-1, -1], [1, 1]], [0, 1]]) // prettier-ignore
    expect(features.badRows.length).toBe(2)
    const skipping = await csv.features({ a: 'numeric', b: 'numeric', y: 'label' }, { onBadRow: 'skip' })
    expect(skipping.badRows).toEqual([])
    expect((await skipping.tensors(csv))[0].equal(x)).toBe(true)
  })

  test('nothing to fit on is an error', async () => {
    expect(await rejection(columns([]).features({ a: 'numeric' }))).toBe(
      'RangeError: features: there are no rows to fit on'
    )
    expect(await rejection(columns([{ a: 'x' }]).features({ a: 'numeric' }, { onBadRow: 'skip' }))).toBe(
      'RangeError: features: there are no rows to fit on: all are bad'
    )
    const empty = columns([{ a: null }])
    expect(await rejection(empty.features({ a: { kind: 'numeric', missing: 'mean' } }))).toBe(
      "RangeError: features: column 'a' has no value in any training row"
    )
    expect(await rejection(empty.features({ a: { kind: 'category', missing: 'unknown' } }))).toMatch(
      'has no value in any'
    )
  })

  test('trains a model on a stream', async () => {
    const rows = columns(
      Array.from({ length: 200 }, (_, i) => ({
        a: (i * 7) % 100,
        c: i % 2 === 0 ? 'x' : 'y',
        label: (i * 7) % 100 > 50
      }))
    )
    const features = await rows.features({ a: 'numeric', c: 'category', label: { kind: 'label', encode: 'binary' } })
    const net = new nn.Linear(features.names.length, 1)
    const optimizer = new optim.Adam(net.parameters(), { lr: 0.3 })
    const lossFn = new nn.BCEWithLogitsLoss()
    let last = Infinity
    for (let epoch = 0; epoch < 10; epoch++) {
      for await (const [x, y] of features.batches(rows, 50)) {
        optimizer.zeroGrad()
        const loss = lossFn.forward(net.forward(x), y)
        loss.backward()
        optimizer.step()
        last = loss.item() as number
      }
    }
    expect(last).toBeLessThan(0.2)
  })
})
