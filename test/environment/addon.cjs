// Runs once before all tests: those of a stale addon would say nothing of the sources.
const { join } = require('node:path')
const { staleAddon } = require('../../scripts/stale-addon.cjs')

module.exports = () => {
  const fault = staleAddon(join(__dirname, '../..'))
  if (fault) {
    console.error(`\n${fault}`)
    process.exit(1)
  }
  process.env.DYNGRAD_ADDON_CHECKED = '1'
}
