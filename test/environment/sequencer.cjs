// Fast tests first: what is wrong with a unit shows within seconds. Those of the last groups start processes or draw at
// random for long.
const { dirname, relative, sep } = require('node:path')
const Sequencer = require('@jest/test-sequencer').default

const root = dirname(dirname(__dirname))
const groups = [
  /^(?!compile|native|launch.(bit-equality|mixed-reduction)|process|fuzz|repository|package)/,
  /^(compile|native)/,
  /^(launch|process|fuzz)/,
  /^(repository|package)/
]

const nameOf = ({ path }) => relative(`${root}${sep}test`, path)
const groupOf = (name) => groups.findIndex((pattern) => pattern.test(name))

module.exports = class FastFirst extends Sequencer {
  sort(tests) {
    const places = tests.map((test) => ({ test, name: nameOf(test) }))
    places.sort((a, b) => groupOf(a.name) - groupOf(b.name) || (a.name < b.name ? -1 : 1))
    return places.map(({ test }) => test)
  }
}
