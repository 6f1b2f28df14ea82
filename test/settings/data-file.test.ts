import { join } from 'node:path'
import t from 'tap'
import { parseData, readBytes } from '../../src/settings/data-file.ts'

const parse = async (path: string, text: string | Buffer) => parseData(path, Buffer.from(text))

t.test('a file that is not there, a folder, and what else cannot be read are told apart', async (t) => {
  const folder = t.testdir({ file: '' })

  await t.rejects(readBytes(join(folder, 'none')), { message: `${folder}/none: no such file`, exitCode: 1 })
  await t.rejects(readBytes(folder), { message: `${folder}: is a folder, not a file` })
  await t.rejects(readBytes(join(folder, 'file', 'x')), {
    message: `${folder}/file/x: cannot be read (ENOTDIR)`,
  })
})

t.test('JSON is read from .json, YAML from every other file', async (t) => {
  t.same(await parse('a.JSON', '{"a": [1]}'), { a: [1] })
  t.same(await parse('a.yaml', 'a: [1]'), { a: [1] })
  t.same(await parse('a', '{"a": [1]}'), { a: [1] })
})

t.test('broken JSON is named by line and column', async (t) => {
  await t.rejects(parse('a.json', '{"a": 1,\n "😀" 2}'), {
    message: "a.json: not valid JSON (Expecting ':' delimiter, line 2 column 6)",
  })
})

t.test('JSON in no known encoding is refused', async (t) => {
  await t.rejects(parse('a.json', Buffer.from([0x22, 0xff, 0x22])), {
    message: 'a.json: not valid JSON (unknown encoding, or nested too deeply)',
  })
})

t.test('broken YAML is named by line and column, and not quoted', async (t) => {
  await t.rejects(parse('a.yaml', 'value: s3cr3t\n note: [s3cr3t'), {
    message: /^a\.yaml: not valid YAML \(wrong indentation, .*, line \d column \d+\)$/,
  })
  await t.rejects(parse('a.yaml', 'a: 1\na: 2'), {
    message: 'a.yaml: not valid YAML (the same key twice, line 2 column 1)',
  })
})

t.test('YAML whose aliases lead nowhere, or multiply without end, is refused', async (t) => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 9; level++) {
    const [name, before] = [...'abcdefghi'].slice(level - 1, level + 1).reverse()
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
  }
  const message = 'a.yaml: not valid YAML (an alias that is unknown, or too many of them)'

  await t.rejects(parse('a.yaml', 'a: *nothing'), { message })
  await t.rejects(parse('a.yaml', bomb.join('\n')), { message })
})

t.test('YAML of which something would be lost without a word is refused, with its place', async (t) => {
  const lost = {
    'a: 1\n---\na: 2': 'a second document, line 2 column 1',
    'a: !!set { b, c }': 'an unknown tag, line 1 column 4',
    'a: !!binary aGVsbG8=': 'an unknown tag, line 1 column 4',
    'a: !own text': 'an unknown tag, line 1 column 4',
  }
  for (const [text, reason] of Object.entries(lost)) {
    await t.rejects(parse('a.yaml', text), { message: `a.yaml: not valid YAML (${reason})` }, text)
  }
  t.same(await parse('a.yaml', 'a: !!str 5\nb: 2026-01-02T03:04:05Z'), { a: '5', b: '2026-01-02T03:04:05Z' })
})

t.test('what cannot be read as data is told by its cause', async (t) => {
  const utf16 = Buffer.from('organizations: []', 'utf16le')
  const rows: [name: string, content: string | Buffer, fault: string][] = [
    ['a.yaml', '', 'is empty'],
    ['a.yaml', '\ufeff \n', 'is empty'],
    ['a.json', '', 'is empty'],
    ['a.yaml', '# nothing yet\n', 'has comments alone'],
    ['a.yaml', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 'is UTF-16: save it as UTF-8'],
    ['a.yaml', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16(), 'is UTF-16: save it as UTF-8'],
    ['a.yaml', utf16, 'is UTF-16: save it as UTF-8'],
    ['a.yaml', Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'is not a text file'],
    ['a.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xe9]), 'is not UTF-8: save it as UTF-8'],
    [
      'a.yaml',
      'a: &a {b: 1}\nc:\n  <<: *a',
      'not valid YAML (merge keys (<<) are not supported, line 3 column 3)',
    ],
    [
      'a.yaml',
      'a:\n\tb: 1',
      'not valid YAML (a tab as indentation, where only blanks are allowed, line 2 column 1)',
    ],
    ['a.yaml', '%TAG x\n---\na: 1', 'not valid YAML (BAD_DIRECTIVE, line 1 column 1)'],
    ['a.json', '{"a": 1,}', 'not valid JSON (Illegal trailing comma before end of object, line 1 column 8)'],
  ]
  for (const [name, content, fault] of rows) {
    await t.rejects(parse(name, content), { message: `${name}: ${fault}` }, fault)
  }
  t.same(await parse('a.yaml', '\ufeffa: 1'), { a: 1 })
  t.same(await parse('a.yaml', '"<<": 1'), { '<<': 1 })
})
