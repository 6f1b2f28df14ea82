import t from 'tap'
import { weightsOf } from '../../src/fastapi/accept.ts'

t.test('the alternatives of a header have the weights that it gives them, or 1', async (t) => {
  for (const [header, weights] of [
    [undefined, { '': 1 }],
    ['gzip', { gzip: 1 }],
    ['GZIP;q=0.5, br ; Q = 0.25,*;q=0', { gzip: 0.5, br: 0.25, '*': 0 }],
    ['text/html;level=1;q=0.7, text/*', { 'text/html': 0.7, 'text/*': 1 }],
    ['gzip;q=much', { gzip: 1 }],
  ] as const) {
    t.same(Object.fromEntries(weightsOf(header)), weights, String(header))
  }
})
