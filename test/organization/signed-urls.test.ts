import fc from 'fast-check'
import t from 'tap'
import { UrlSigner } from '../../src/organization/signed-urls.ts'

const parts = (url: string) => {
  const searchParams = new URLSearchParams(url.slice(url.lastIndexOf('?')))
  return { expires: Number(searchParams.get('expires')), signature: searchParams.get('signature') ?? '' }
}

t.test('property: what was signed verifies, for the same path, expiry and secret only', async () => {
  fc.assert(
    fc.property(fc.webPath(), fc.nat(2 ** 40), fc.string(), fc.string(), (path, now, secret, otherSecret) => {
      const signer = new UrlSigner(() => secret)
      const { expires, signature } = parts(signer.sign(path, now))
      return (
        signer.verify(path, expires, signature) &&
        !signer.verify(`${path}x`, expires, signature) &&
        !signer.verify(path, expires + 1, signature) &&
        !signer.verify(path, expires, signature.slice(1)) &&
        (secret === otherSecret || !new UrlSigner(() => otherSecret).verify(path, expires, signature))
      )
    }),
  )
})

t.test('an address is signed for a minute', async (t) => {
  t.equal(parts(new UrlSigner(() => 's').sign('/a', 5)).expires, 60_000_005)
})

t.test('path and expiry cannot be moved into each other', async (t) => {
  const signer = new UrlSigner(() => 's')
  const { signature } = parts(signer.sign('/a', 0))

  t.notOk(signer.verify('0 /a', 6_000_000, signature))
})
