import t from 'tap'
import { weightsOf } from '../../src/fastapi/accept.ts'

t.test('the alternatives of a header have the weights that it gives them, or 1', async (t) => {
  for (const [header, weights] of [
    [undefined, { '': 1 }],
    ['gzip', { gzip: 1 }],
    ['GZIP;q=0.5, br ; Q = 0.25,*;q=0', { gzip: 0.5, br: 0.25, '*': 0 }],
    ['text/html;level=1;q=0.7, text/*', { 'text/html': 0.7, 'text/*': 1 }],
    ['a;q=.5, b;q=0. , c;q=0.3;level=1', { a: 0.5, b: 0, c: 0.3 }],
    ['gzip;q=much', { gzip: 1 }],
    ['a;q=1.0.0, b;q=0.5x, c;q=.', { a: 1, b: 1, c: 1 }],
  ] as const) {
    t.same(Object.fromEntries(weightsOf(header)), weights, String(header))
  }
})
