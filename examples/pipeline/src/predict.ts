// Predicts for one record: npm run predict -- model '{ "pclass": 3, "sex": "male", … }'

import { join } from 'node:path'
import type { FeatureRecord } from 'dyngrad/data'
import { loadPredictor } from './model.js'

const [folder, record] = process.argv.slice(2)
if (record === undefined) throw new Error('which record? npm run predict -- model \'{ "pclass": 3, … }\'')
console.log(loadPredictor(join(folder, 'model.safetensors'))(JSON.parse(record) as FeatureRecord))
