import fc from 'fast-check'
import t from 'tap'
import { headOf, isWebAddress, piecesOf, shortAddress } from '../../../src/page/model/sessions-texts.ts'

/** Returns the links in a text. */
function linksIn(text: string): string[] {
  return piecesOf(text)
    .filter(({ isLink }) => isLink)
    .map(({ text }) => text)
}

t.test('URLs become links, without the punctuation that ends the sentence', (t) => {
  t.same(piecesOf('I opened https://x.test/pull/1. Done'), [
    { text: 'I opened ', isLink: false },
    { text: 'https://x.test/pull/1', isLink: true },
    { text: '. Done', isLink: false },
  ])
  t.same(linksIn('(http://x.test/a?b=c#d), https://y.test！好'), ['http://x.test/a?b=c#d', 'https://y.test'])
  t.same(piecesOf('plain'), [{ text: 'plain', isLink: false }])
  t.same(piecesOf(''), [])
  t.end()
})

t.test('nothing else becomes a link', (t) => {
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://x.test',
    'https://',
    'http://[',
    ' https://x',
  ]) {
    t.equal(isWebAddress(text), false, text)
  }
  t.equal(isWebAddress('HTTPS://x.test'), true)
  t.same(linksIn('javascript:alert(1) https:// http://[ data:text/html,<b>'), [])
  t.end()
})

t.test('the address of a pull request of GitHub is shortened', (t) => {
  t.equal(shortAddress('https://github.com/acme/shop.js/pull/7'), 'acme/shop.js#7')
  t.equal(
    shortAddress('https://github.com/acme/shop/pull/7/files'),
    'https://github.com/acme/shop/pull/7/files',
  )
  t.equal(shortAddress('https://x.test/acme/shop/pull/7'), 'https://x.test/acme/shop/pull/7')
  t.end()
})

t.test('property: the joined pieces are the text', (t) => {
  const text = fc
    .array(fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom('https://', '. ', ')', '\n')))
    .map((all) => all.join(''))
  fc.assert(
    fc.property(text, (text) => {
      t.equal(
        piecesOf(text)
          .map((piece) => piece.text)
          .join(''),
        text,
      )
    }),
  )
  t.end()
})

t.test('a long text or one with many lines is folded', (t) => {
  t.equal(headOf('short\ntext'), undefined)
  t.equal(headOf('x'.repeat(1_200)), undefined)
  t.equal(headOf('x'.repeat(1_201)), 'x'.repeat(1_200))
  t.equal(headOf('x\n'.repeat(100)), `${'x\n'.repeat(15)}x`)
  t.equal(headOf(`${'x'.repeat(1_199)}😀`), `${'x'.repeat(1_199)}\ufffd`)
  t.end()
})
