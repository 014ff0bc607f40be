import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { parseFlags, numberBetween, UserError, wholeNumber } from '../../examples/support/cli'
import {
  checkTrainingLabels,
  countMissing,
  fitScaler,
  isMissing,
  majorityAccuracy,
  readCsv,
  selectFeatures,
  splitRows,
  standardise
} from '../../examples/support/csv'
import { graphDot, graphSvg, type GraphNode } from '../../examples/support/graph'
import { pageHtml } from '../../examples/support/page'
import {
  decisionLine,
  frameSvg,
  halfPlane,
  lossSvg,
  type Classes,
  type Frame,
  type Point
} from '../../examples/support/plot'
import { Progress } from '../../examples/support/progress'
import { colours, standaloneSvg } from '../../examples/support/theme'

const root = join(__dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'dyngrad-examples-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const cloud = (count: number, centre: number): Point[] =>
  Array.from({ length: count }, (_, i) => [centre + Math.cos(i), centre + Math.sin(i)])
const classes: Classes = { names: ['class 0', 'class 1'], points: [cloud(30, 2.7), cloud(20, -0.7)] }
const frame: Frame = { iteration: 150, loss: 0.12345, accuracy: 0.985, decision: { w0: -1, w1: -1, b: 2 } }
const count = (text: string, part: string): number => text.split(part).length - 1

/** External things that a page would load. */
const loads = /(?:src|href)\s*=|@import|url\(\s*['"]?(?!#)|<link/i

const accumulate = (shape: number[]): GraphNode => ({ name: 'AccumulateGrad', nextFunctions: [], variable: { shape } })
const weight = accumulate([1, 2])
const bias = accumulate([1])
const transpose: GraphNode = { name: 'TBackward0', nextFunctions: [[weight, 0]] }
const lossNode: GraphNode = {
  name: 'SigmoidBackward0',
  nextFunctions: [
    [
      {
        name: 'AddmmBackward0',
        nextFunctions: [
          [bias, 0],
          [null, 0],
          [transpose, 0]
        ]
      },
      0
    ]
  ]
}

describe('pictures', () => {
  test('a frame shows both classes, the line, the loss, the iteration and a legend', () => {
    const svg = frameSvg(classes, frame)
    for (const text of ['Iteration 150', 'Loss = 0.1235', 'Accuracy = 98.5 %', 'class 0', 'class 1', 'decision line']) {
      expect(svg).toContain(`>${text}</text>`)
    }
    // One mark per point and one in the legend.
    expect(count(svg, `fill="${colours.blue}"`)).toBe(31)
    expect(count(svg, `fill="${colours.orange}"`)).toBe(21)
    expect(count(svg, `stroke="${colours.ink}"`)).toBe(1)
    for (const tick of ['-5', '7', '-7']) expect(svg).toContain(`>${tick}</text>`)
    expect(svg).not.toMatch(loads)
  })

  test('a frame whose line lies outside has none', () => {
    const decision = { w0: 0, w1: 0, b: -1 }
    expect(decisionLine(decision)).toEqual([])
    expect(halfPlane(decision, 1)).toEqual([])
    expect(halfPlane(decision, -1)).toHaveLength(4)
    expect(frameSvg(classes, { ...frame, decision })).toContain(`<path d="" fill="none" stroke="${colours.ink}"`)
  })

  test('the decision line may be vertical', () => {
    expect(decisionLine({ w0: 2, w1: 0, b: -4 })).toEqual([
      [2, -7],
      [2, 7]
    ])
    expect(halfPlane({ w0: 2, w1: 0, b: -4 }, 1)).toEqual([
      [2, -7],
      [7, -7],
      [7, 7],
      [2, 7]
    ])
  })

  test('the loss curve draws one iteration as well as many', () => {
    expect(lossSvg([0.7], [0])).toContain('>Loss</text>')
    const losses = Array.from({ length: 101 }, (_, i) => 1 / (i + 1))
    expect(count(lossSvg(losses, [0, 50, 100]), `fill="${colours.blue}"`)).toBe(3)
  })

  test('the graph names its nodes and leaves', async () => {
    const leaves: [string, object][] = [['features.weight', weight.variable!]]
    const svg = await graphSvg(lossNode, { result: 'loss', leaves })
    for (const name of [
      'SigmoidBackward0',
      'AddmmBackward0',
      'TBackward0',
      'AccumulateGrad',
      'loss',
      'features.weight'
    ]) {
      expect(svg).toContain(`>${name}</text>`)
    }
    expect(svg).toContain('>[1, 2]</text>')
    expect(svg).not.toMatch(loads)
  })

  test('a node used twice is drawn once, and depth needs no stack', () => {
    const shared: GraphNode = {
      name: 'MulBackward0',
      nextFunctions: [
        [weight, 0],
        [weight, 0]
      ]
    }
    expect(count(graphDot(shared, { result: 'y' }), 'AccumulateGrad')).toBe(1)
    let deep: GraphNode = weight
    for (let i = 0; i < 100_000; i++) deep = { name: 'AddBackward0', nextFunctions: [[deep, 0]] }
    expect(count(graphDot(deep, { result: 'y' }), 'AddBackward0')).toBe(100_000)
  })

  test('a picture in a file of its own has a dark theme', () => {
    expect(standaloneSvg('<svg width="1">')).toMatch(/^<svg width="1">\n<style>@media \(prefers-color-scheme: dark\)/)
  })

  test('the page holds all pictures and loads nothing', async () => {
    const frames = [0, 50, 100].map((iteration) => ({
      ...frame,
      iteration,
      svg: frameSvg(classes, { ...frame, iteration })
    }))
    const html = pageHtml({
      title: 'Logistic <regression>',
      summary: 'Accuracy > 99 %',
      frames,
      lossSvg: lossSvg([1, 0.5], [0]),
      graphSvg: await graphSvg(lossNode, { result: 'loss' })
    })
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).toContain('<title>Logistic &#60;regression&#62;</title>')
    expect(count(html, 'class="frame"')).toBe(3)
    expect(html).toContain('max="2" value="2"')
    expect(html).toContain('prefers-color-scheme: dark')
    expect(html.replaceAll(/ xmlns(?::xlink)?="[^"]*"/g, '')).not.toMatch(/https?:/)
    expect(html).not.toMatch(loads)
  })
})

describe('Progress', () => {
  const run = (terminal: object): string => {
    let text = ''
    const progress = new Progress('epoch', 100, { ...terminal, write: (part: string) => (text += part) })
    for (let i = 0; i <= 100; i++) {
      progress.step(i)
      if (i % 50 === 0) progress.report(i, `loss ${i}`)
    }
    progress.finish()
    return text
  }

  test('prints a line per report where there is no terminal', () => {
    expect(run({})).toBe('epoch   0/100  loss 0\nepoch  50/100  loss 50\nepoch 100/100  loss 100\n')
  })

  test('redraws one line in a terminal, within its width', () => {
    const text = run({ isTTY: true, columns: 50 })
    expect(count(text, '\n')).toBe(1)
    expect(text).toMatch(/\repoch █+ 100\/100 {2}loss 100\x1b\[K\n$/)
    for (const line of text.split('\r')) expect(line.replaceAll(/\x1b\[K|\n/g, '').length).toBeLessThan(50)
  })
})

describe('flags', () => {
  const spec = {
    seed: { type: 'string', default: '1', help: '' },
    lr: { type: 'string', help: '' },
    quiet: { type: 'boolean', help: '' }
  } as const

  test('read as written, with their defaults', () => {
    expect(parseFlags(['a.csv', '--lr', '3', '--quiet'], spec)).toEqual({
      flags: { seed: '1', lr: '3', quiet: true },
      positionals: ['a.csv']
    })
    expect(parseFlags([], spec).flags).toEqual({ seed: '1', lr: undefined, quiet: false })
  })

  test.each([
    [['--sed', '1'], 'Unknown option --sed: the options are --seed, --lr, --quiet.'],
    [['-s'], 'Unknown option -s: the options are --seed, --lr, --quiet.'],
    [['--lr'], '--lr needs a value; one that starts with a dash is written --lr=-1.'],
    [['--lr', '-1'], '--lr needs a value; one that starts with a dash is written --lr=-1.'],
    [['--quiet=yes'], '--quiet takes no value.']
  ])('%j is refused in one sentence', (args, message) => {
    expect(() => parseFlags(args, spec)).toThrow(new Error(message))
  })

  test('numbers are checked', () => {
    expect(wholeNumber('seed', '12', 0)).toBe(12)
    for (const text of ['', '1.5', '-1', 'x', '1e30']) {
      expect(() => wholeNumber('seed', text, 0)).toThrow(`--seed takes a whole number of at least 0, not "${text}".`)
    }
    expect(numberBetween('lr', '1e-3', 0, Infinity)).toBe(0.001)
    expect(() => numberBetween('lr', '0', 0, Infinity)).toThrow('--lr takes a number greater than 0, not "0".')
    expect(() => numberBetween('part', 'NaN', 0, 1)).toThrow('--part takes a number between 0 and 1, not "NaN".')
  })
})

describe('CSV preparation', () => {
  const table = () =>
    readCsv(
      file(
        'birds.csv',
        '\ufeff,kind,mass,wing,note,empty,constant\r\n' +
          '1,owl,10,1e1,"big, old",,3\r\n2, owl ,,20,,NA,3\r\n\r\n3,tit,30,.5,,,3\r\n4,,40,1,,,3\r\n5,tit,NaN,-2.5,?,,3\r\n'
      )
    )

  test('reads quotes, spaces, empty lines and a byte order mark', () => {
    expect(table().columns).toEqual(['', 'kind', 'mass', 'wing', 'note', 'empty', 'constant'])
    expect(table().rows).toHaveLength(5)
    expect(table().rows[1]).toEqual(['2', 'owl', '', '20', '', 'NA', '3'])
  })

  test.each([';', '\t'])('finds the separator %j', (separator) => {
    const { columns, rows } = readCsv(file('separated.csv', `a${separator}b\n1,5${separator}2\n`))
    expect([columns, rows]).toEqual([['a', 'b'], [['1,5', '2']]])
  })

  test('uses numeric columns and says why it skips the others', () => {
    const { used, skipped, values, labels, unlabelled } = selectFeatures(table(), 'kind', 'owl')
    expect(used).toEqual(['mass', 'wing'])
    expect(skipped).toEqual([
      { column: 'column 1', reason: 'no name' },
      { column: 'note', reason: 'not numbers' },
      { column: 'empty', reason: 'no values' },
      { column: 'constant', reason: 'always the same' }
    ])
    expect(values).toEqual([
      [10, 10],
      [NaN, 20],
      [30, 0.5],
      [NaN, -2.5]
    ])
    expect(labels).toEqual([1, 1, 0, 0])
    expect(unlabelled).toBe(1)
    expect(countMissing(values, 2)).toEqual([2, 0])
  })

  test('compares a numeric target as numbers', () => {
    const numbers = readCsv(file('numbers.csv', 'x,y\n1,1.0\n2,0\n3,1\n'))
    expect(selectFeatures(numbers, 'y', '1').labels).toEqual([1, 0, 1])
  })

  test('knows what is missing and what is a number', () => {
    for (const field of ['', 'NA', 'nan', 'N/A', 'NULL', 'None', '?']) expect(isMissing(field)).toBe(true)
    for (const field of ['0', 'no', '-']) expect(isMissing(field)).toBe(false)
    const hex = readCsv(file('hex.csv', 'a,b,c,d,y\n0x10,Infinity,1e999,1,p\n1,2,3,2,q\n'))
    expect(selectFeatures(hex, 'y', 'p').used).toEqual(['d'])
  })

  test('standardises by the training rows and fills with their mean', () => {
    const scaler = fitScaler([[1, 5], [3, 5], [NaN, 5]], 2) // prettier-ignore
    expect(scaler).toEqual({ means: [2, 5], deviations: [1, 1] })
    expect(standardise([[4, 6], [NaN, NaN]], scaler)).toEqual([[2, 1], [0, 0]]) // prettier-ignore
    expect(standardise([[NaN]], fitScaler([[NaN]], 1))).toEqual([[0]])
  })

  test('splits every row into one part, and leaves neither empty', () => {
    const permutation = Array.from({ length: 344 }, (_, i) => (i * 5) % 344)
    const { train, test: held } = splitRows(permutation, 0.2)
    expect([train.length, held.length]).toEqual([275, 69])
    expect([...held, ...train]).toEqual(permutation)
    expect(splitRows([0, 1], 0.01)).toEqual({ test: [0], train: [1] })
    expect(splitRows([0, 1], 0.99)).toEqual({ test: [0], train: [1] })
    expect(() => checkTrainingLabels([1, 1])).toThrow('The 2 training rows are all of one class')
  })

  test('the baseline answers with the majority of the training rows', () => {
    expect(majorityAccuracy([1, 1, 0], [1, 0, 0, 0])).toBe(0.25)
    expect(majorityAccuracy([0, 0, 1], [1, 0, 0, 0])).toBe(0.75)
  })
})

describe('CSV errors', () => {
  const png = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 0, 255])
  const level = 'size,level\n1,low\n2,high\n'
  mkdirSync(join(folder, 'directory'))

  test.each<[string, string | Uint8Array | null, string?, string?]>([
    ['directory: this is a directory, not a file.', null],
    ['empty.csv: the file is empty.', ''],
    ['blank.csv: the file is empty.', '\n\n'],
    ['header.csv: there is a header, but no row below it.', 'a,b\n'],
    ['ragged.csv, line 3: 3 fields where the header has 2.', 'size,level\n1,high\n2,low,3\n'],
    ['quote.csv, line 2: a quote is opened or closed in the wrong place.', 'size,level\n1,"high\n'],
    ['binary.csv: this is not a text file in UTF-8, so it cannot be read as CSV.', png],
    ['zeros.csv: this is not a text file in UTF-8, so it cannot be read as CSV.', 'a,level\0\n'],
    ['twice.csv: the header names the column "a" twice.', 'a,a,level\n1,2,high\n'],
    ['words.csv: there is no numeric column beside "level" to learn from.', 'a,level\nx,high\ny,low\n'],
    ['none.csv: the column "level" has no values.', 'a,level\n1,\n2,NA\n'],
    ['one.csv: every row has level = "high", so there is nothing to tell apart.', 'a,level\n1,high\n2,high\n'],
    ['level.csv has no column "mood"; its columns are size, level.', level, 'mood'],
    ['level.csv has no column "Level"; its columns are size, level. Did you mean "level"?', level, 'Level'],
    ['level.csv: no row has level = "up"; its values are low, high.', level, 'level', 'up']
  ])('%s', (message, content, target = 'level', positive = 'high') => {
    const [name] = /^[\w.]+(?=[:, ])/.exec(message)!
    const path = content === null ? join(folder, name) : file(name, content)
    let said = ''
    try {
      selectFeatures(readCsv(path), target, positive)
    } catch (error) {
      expect(error).toBeInstanceOf(UserError)
      said = (error as Error).message
    }
    expect(said.replace(`${folder}${sep}`, '')).toBe(message)
  })

  test('flags that are left out name what there is to choose', () => {
    const table = readCsv(file('level.csv', level))
    expect(() => selectFeatures(table, undefined, 'high')).toThrow(
      '--target is missing; the columns of level.csv are size, level.'
    )
    expect(() => selectFeatures(table, 'level', undefined)).toThrow(
      '--positive is missing; the values of level are low, high.'
    )
  })
})

/** Runs an example as a program of its own. */
function example(name: string, ...args: string[]) {
  const preload = join(root, 'test/environment/source.cjs')
  const script = join(root, 'examples', `${name}.ts`)
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', preload, script, ...args], {
    cwd: folder,
    encoding: 'utf8'
  })
  return { status, stdout, stderr }
}

describe('examples/csv-classifier.ts', () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 7 === 3 ? '' : i},${i % 5},${i < 20 ? 'low' : 'high'}`)
  const good = file('good.csv', `size,noise,level\n${rows.join('\n')}\n`)
  const columns = ['--target', 'level', '--positive', 'high']

  test('trains and reports', () => {
    const { status, stdout, stderr } = example('csv-classifier', good, ...columns, '--epochs', '200')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('good.csv: 40 rows, 3 columns; predicts level = high\nuses size, noise\n')
    expect(stdout).toContain('fills 6 missing values with the training mean: size 6\n')
    expect(stdout).toContain('trains on 32 rows, tests on 8 (seed 0)')
    expect(Number(/^training +([\d.]+) %/m.exec(stdout)?.[1])).toBeGreaterThan(85)
    expect(stdout).toMatch(/^test +[\d.]+ % +[\d.]+ %$/m)
    expect(example('csv-classifier', good, ...columns, '--epochs', '200').stdout).toBe(stdout)
  })

  test('--help prints the options', () => {
    const { status, stdout } = example('csv-classifier', '--help')
    expect(status).toBe(0)
    expect(stdout).toContain('--test-fraction X')
  })

  test.each([
    [[], 'A file is missing: npm run example:csv -- FILE.csv --target COLUMN --positive VALUE [options]'],
    [['no.csv', ...columns], 'no.csv: there is no such file.'],
    [['good.csv', '--positive', 'high'], '--target is missing; the columns of good.csv are size, noise, level.'],
    [['good.csv', ...columns, '--lr', 'fast'], '--lr takes a number greater than 0, not "fast".'],
    [
      ['good.csv', '--tarket', 'level'],
      'Unknown option --tarket: the options are --target, --positive, --seed, --epochs, --lr, --test-fraction.'
    ]
  ])('%j ends with one sentence and exit code 1', (args, message) => {
    expect(example('csv-classifier', ...args)).toEqual({ status: 1, stdout: '', stderr: `${message}\n` })
  })
})

describe('examples/logistic-regression.ts', () => {
  test('trains, and leaves pictures and a page', () => {
    const { status, stdout, stderr } = example('logistic-regression', '--out', 'pictures')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const names = readdirSync(join(folder, 'pictures'))
    expect(names).toEqual(expect.arrayContaining(['graph.svg', 'index.html', 'iteration-0000.svg', 'loss.svg']))
    expect(count(stdout, 'iteration ')).toBeGreaterThanOrEqual(names.length - 3)
    expect(stdout).toContain('index.html')
    const graph = readFileSync(join(folder, 'pictures/graph.svg'), 'utf8')
    for (const name of ['BinaryCrossEntropyBackward0', 'SigmoidBackward0', 'features.weight', 'features.bias']) {
      expect(graph).toContain(`>${name}</text>`)
    }
  })

  test('a shorter run leaves no pictures of a longer one', () => {
    expect(example('logistic-regression', '--out', 'pictures', '--iterations', '3').status).toBe(0)
    const pictures = readdirSync(join(folder, 'pictures')).filter((name) => name.startsWith('iteration'))
    expect(pictures).toEqual(['iteration-0000.svg', 'iteration-0003.svg'])
  })

  test('--no-pictures writes nothing', () => {
    const before = readdirSync(folder)
    expect(example('logistic-regression', '--no-pictures', '--iterations', '60').status).toBe(0)
    expect(readdirSync(folder)).toEqual(before)
  })

  file('taken', '')

  test.each([
    [['--out', 'taken'], 'taken: this is a file, not a directory.'],
    [['--iterations', '0'], '--iterations takes a whole number of at least 1, not "0".'],
    [['extra'], 'Unexpected argument "extra": npm start -- [options]']
  ])('%j ends with one sentence and exit code 1', (args, message) => {
    expect(example('logistic-regression', ...args)).toEqual({ status: 1, stdout: '', stderr: `${message}\n` })
  })
})
