import fc from 'fast-check'
import t from 'tap'
import { attachmentUrls, nearAttachmentLines } from '../../src/simulation/attachment-lines.ts'

t.test('a line that is exactly ATTACHMENT:"url" names an attachment, wherever it stands', async (t) => {
  const text =
    'Fix it\nATTACHMENT:"https://x/a.png"\nand\r\nATTACHMENT:"https://x/b c.txt" \t\r\nATTACHMENT:"z"'

  t.same(attachmentUrls(text), ['https://x/a.png', 'https://x/b c.txt', 'z'])
  t.same(nearAttachmentLines(text), [])
})

t.test('a near miss is no attachment, and is found as one', async (t) => {
  const lines = [
    'ATTACHMENT: "u"',
    ' ATTACHMENT:"u"',
    'ATTACHMENTS:"u"',
    'attachment:"u"',
    'ATTACHMENT:u',
    'ATTACHMENT:""',
    'ATTACHMENT="u"',
    'ATTACHMENT:"u" please',
    'ATTACHMENT:"u" ATTACHMENT:"v"',
    "ATTACHMENT:'u'",
  ]

  for (const line of lines) {
    t.same(attachmentUrls(`before\n${line}\nafter`), [], line)
    t.same(nearAttachmentLines(`before\n${line}\nafter`), [line], line)
  }
})

t.test('prose about attachments is neither', async (t) => {
  for (const text of [
    '',
    'see ATTACHMENT:"u"',
    'Attachments are below',
    'https://x/attachments/u/n',
    'ATTACHMENT',
  ]) {
    t.same(attachmentUrls(text), [], text)
    t.same(nearAttachmentLines(text), [], text)
  }
})

t.test('every URL without a quote or a line break is found again', async () => {
  const url = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !/["\r\n]/.test(text))
  fc.assert(
    fc.property(fc.array(url, { maxLength: 5 }), (urls) => {
      const text = urls.map((one) => `ATTACHMENT:"${one}"`).join('\ntext\n')
      return JSON.stringify(attachmentUrls(text)) === JSON.stringify(urls)
    }),
  )
})

t.test('long texts take linear time', async (t) => {
  const started = performance.now()
  for (const piece of ['ATTACHMENT:"u" ', ' ', '\t', 'ATTACHMENT ', 'ATTACHMENT:"', '\n ATTACHMENT :']) {
    const text = piece.repeat(200_000)
    attachmentUrls(text)
    nearAttachmentLines(text)
  }

  t.ok(performance.now() - started < 5000)
})

t.test(
  'of a text with very many lines that look like an attachment the first thousand are looked at',
  async (t) => {
    t.equal(nearAttachmentLines('ATTACHMENT: u\n'.repeat(5_000)).length, 1_000)
  },
)
