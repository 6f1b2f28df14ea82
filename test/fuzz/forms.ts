import fc from 'fast-check'
import { rarely, text } from './texts.ts'

const partHeader = fc.constantFrom(
  'Content-Disposition: form-data; name="file"; filename="a.txt"',
  'Content-Disposition: form-data; name="file"; filename=""',
  'Content-Disposition: form-data; name="file"; filename="../../etc/passwd"',
  'Content-Disposition: form-data; name="file"; filename="\xff\u0000"',
  `Content-Disposition: form-data; name="file"; filename="${'a'.repeat(5_000)}"`,
  'Content-Disposition: form-data; name="file"; filename*=UTF-8\'\'%ff%00',
  'Content-Disposition: form-data; name="file"',
  'content-disposition:form-data;name=file;filename=b',
  'Content-Disposition: form-data; name="file"; name="other"; filename="a\\"b.txt"',
  'Content-Disposition: attachment; name="file"; filename="a.txt"',
  'Content-Transfer-Encoding: base64',
  'Content-Type: multipart/mixed; boundary=fuzz',
  'Content-Disposition: form-data; name="__proto__"',
  'Content-Disposition: form-data; name="__proto__"; filename="x"',
  'Content-Disposition: form-data',
  'Content-Type: text/plain; charset=utf-16',
  'Content-Type: ',
  'Content-Type: text/html\u0000',
  'No header',
  `X: ${'y'.repeat(3_000)}`,
)

/** Generates multipart forms, many of them invalid. */
export const formBody: fc.Arbitrary<{ type: string; body: string }> = fc
  .record({
    boundary: rarely(fc.constantFrom('', '-', "a'b", 'x'.repeat(3_000), '"q"', '\xff'), 'fuzz'),
    parts: fc.array(fc.tuple(fc.array(partHeader, { minLength: 1, maxLength: 3 }), text), { maxLength: 4 }),
    end: rarely(fc.constantFrom('', '--', '\r\n--fuzz', '\r\n--fuzz-'), '--\r\n'),
  })
  .map(({ boundary, parts, end }) => ({
    type: `multipart/form-data; boundary=${boundary}`,
    body:
      parts.map(([headers, data]) => `--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n${data}\r\n`).join('') +
      `--${boundary}${end}`,
  }))
