// Serves records over HTTP: npm run serve -- model 8080; then POST one as JSON.

import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { join } from 'node:path'
import type { FeatureRecord } from 'dyngrad/data'
import { loadPredictor } from './model.js'

const [folder = 'model', port = '8080'] = process.argv.slice(2)
const predict = loadPredictor(join(folder, 'model.safetensors'))

const server = createServer((request, response) => {
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  json(request).then(
    (record) => {
      try {
        answer(200, { probability: predict(record as FeatureRecord) })
      } catch (error) {
        answer(400, { error: (error as Error).message })
      }
    },
    () => answer(400, { error: 'the body is no JSON' })
  )
})
server.listen(Number(port), () => {
  const address = server.address()
  console.log(`listening on port ${typeof address === 'object' ? address?.port : address}`)
})
