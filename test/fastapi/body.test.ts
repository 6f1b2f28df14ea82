import t from 'tap'
import { isJson } from '../../src/fastapi/body.ts'

t.test('a content type that says JSON, or nothing, is JSON', async (t) => {
  const types = [
    undefined,
    '',
    ' ',
    'application/json',
    'APPLICATION/JSON',
    'application/json;',
    'application/json; charset=latin1',
    ' application/json ',
    'application/geo+JSON',
    'application/x+json+json',
  ]
  for (const type of types) t.equal(isJson(type), true, String(type))
})

t.test('any other content type is not', async (t) => {
  const types = [
    'text/json',
    'json',
    '/json',
    'application',
    'application/',
    'application/jsonx',
    'application/json+xml',
    'application/json/extra',
    'application/json, text/plain',
    '*/*',
    '"application/json"',
    'application/x/y+json',
    '; charset=utf-8',
  ]
  for (const type of types) t.equal(isJson(type), false, type)
})
