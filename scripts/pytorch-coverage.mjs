// `npm run coverage:pytorch`: writes docs/pytorch-coverage.md, which compares the public names with PyTorch's, from
// test/fixtures/names.json. `--check` says whether the page is up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
require('./typescript.cjs')
const dyngrad = require('../lib/index.ts')
const { declarations } = require('../lib/declare.ts')
const { members } = require('../lib/signature/index.ts')

const json = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8'))
const names = json('test', 'fixtures', 'names.json')

/** Why names are left out, each a pattern of whole names. */
const excluded = Object.entries(json('scripts', 'pytorch-excluded.json')).map(([reason, patterns]) => ({
  reason,
  pattern: new RegExp(`^(?:${patterns.join('|')})$`)
}))
const reasonOf = (name) => excluded.find(({ pattern }) => pattern.test(name))?.reason

// ---- parameters ----

/** Parameters that no function takes here: the page says why; and what is no parameter of a call. */
const nowhere = new Set([
  ...['self', 'input', 'out', 'names', 'layout', 'pinMemory', 'device', 'memoryFormat', 'nonBlocking'],
  ...['sizeAverage', 'reduce', 'isGradsBatched', 'Stacklevel', 'n', 'l', 'b', 'reverse', 'sparseGrad']
])

const theirs = new Map()
const note = (key, list) => {
  const known = theirs.get(key) ?? theirs.set(key, new Set()).get(key)
  for (const name of list.split(' ')) if (name !== '*' && name !== '') known.add(name)
}
for (const [name, ...lists] of names.schemas)
  for (const list of lists) for (const place of ['torch', 'Tensor']) note(`${place}.${name}`, list)
for (const [key, list] of names.signatures) note(key, list)

/** All parameters that our functions of a name take. */
function oursOf(place, name) {
  const signatures = [...declarations.values()]
    .filter((each) => each.name === name && each.places.includes(place))
    .flatMap((each) => each.signatures)
  const member = members.get(place === 'Tensor' ? `Tensor.${name}` : name)
  if (member) signatures.push(member)
  return signatures.length === 0 ? null : new Set(signatures.flatMap((each) => each.parameters.map((one) => one.name)))
}

/** Parameters of PyTorch's that a function here has not. */
function missingOf(place, name) {
  const ours = oursOf(place, name)
  const wanted = theirs.get(`${place}.${name}`)
  if (ours === null || wanted === undefined) return []
  return [...wanted].filter((each) => !nowhere.has(each) && !ours.has(each) && !ours.has(synonyms[each] ?? each))
}

/** An argument that is of another kind has another name in PyTorch's schemas. */
const synonyms = {
  splitSize: 'splitSizeOrSections',
  splitSizes: 'splitSizeOrSections',
  indices: 'indicesOrSections',
  sections: 'indicesOrSections',
  tensorIndicesOrSections: 'indicesOrSections',
  dims: 'dim'
}

/** Names that are spelled otherwise here: words that PyTorch runs together. */
const renamed = { setPrintoptions: 'setPrintOptions' }

// ---- places ----

const spaces = {
  torch: dyngrad,
  Tensor: dyngrad.Tensor.prototype,
  'Tensor, properties': dyngrad.Tensor.prototype,
  'nn.functional': dyngrad.nn.functional,
  'nn.init': dyngrad.nn.init,
  linalg: dyngrad.linalg,
  special: dyngrad.special,
  autograd: dyngrad.autograd,
  nn: dyngrad.nn,
  optim: dyngrad.optim,
  distributions: dyngrad.distributions ?? {}
}

/** The names of a place: which are there, which are left out and which are to come. */
function compare(place) {
  const listed = place === 'Tensor, properties' ? names.properties : names[place]
  const found = { there: [], leftOut: new Map(), missing: [] }
  for (const name of listed) {
    // Functions in place are methods; PyTorch lists some of them in `torch`, too.
    const isThere = (renamed[name] ?? name) in spaces[place]
    const reason = reasonOf(name)
    if (isThere) found.there.push({ name, without: missingOf(place, name) })
    else if (reason !== undefined) found.leftOut.set(reason, [...(found.leftOut.get(reason) ?? []), name])
    else found.missing.push(name)
  }
  return found
}

/** A paragraph of lines of at most 120 columns. */
function wrapped(text) {
  const lines = ['']
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trimStart()
    if (longer.length > 120) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines.join('\n')
}

const quoted = (list) => list.map((name) => `\`${name}\``).join(' ')

function page() {
  const results = Object.keys(spaces).map((place) => [place, compare(place)])
  const lines = [
    '# Coverage of PyTorch',
    '',
    wrapped(
      '`npm run coverage:pytorch` writes this page: the public names of PyTorch 2.13, in camelCase, beside those of ' +
        'dyngrad. A name that is there takes all of PyTorch’s parameters, or the table of its place says which ones it ' +
        'has not. No function takes `out`, `names`, `layout`, `pinMemory`, `memoryFormat`, `nonBlocking`, `sparseGrad` ' +
        '(there is one device, one layout, and results are new tensors), nor `sizeAverage` and `reduce`, which PyTorch ' +
        'advises against. What is done otherwise is in [differences.md](differences.md).'
    ),
    '',
    '| place | there | to come | left out | there, of what is not left out |',
    '| --- | ---: | ---: | ---: | ---: |'
  ]
  for (const [place, { there, leftOut, missing }] of results) {
    const out = [...leftOut.values()].reduce((sum, list) => sum + list.length, 0)
    const share = ((100 * there.length) / Math.max(1, there.length + missing.length)).toFixed(0)
    lines.push(`| ${place} | ${there.length} | ${missing.length} | ${out} | ${share} % |`)
  }
  for (const [place, { there, leftOut, missing }] of results) {
    lines.push('', `## ${place}`)
    const partial = there.filter(({ without }) => without.length > 0)
    if (partial.length > 0) {
      lines.push('', 'There, without a parameter:', '', '| name | without |', '| --- | --- |')
      for (const { name, without } of partial) lines.push(`| \`${name}\` | ${quoted(without)} |`)
    }
    if (missing.length > 0) lines.push('', wrapped(`To come: ${quoted(missing)}.`))
    for (const [reason, list] of leftOut) lines.push('', wrapped(`Left out (${reason}): ${quoted(list)}.`))
  }
  return `${lines.join('\n')}\n`
}

const file = join(root, 'docs', 'pytorch-coverage.md')
const text = page()
if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error('docs/pytorch-coverage.md is out of date: npm run coverage:pytorch')
    process.exit(1)
  }
} else {
  writeFileSync(file, text)
  console.log(
    text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(0, 13)
      .join('\n')
  )
}
