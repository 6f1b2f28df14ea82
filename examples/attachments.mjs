// Attachments: upload a file, name it in a prompt, and download it again.
//
//   node examples/attachments.mjs
//
// DEVIN_API_URL and DEVIN_API_KEY say where and as whom; by default a fake on this machine, which takes any key.

import assert from 'node:assert/strict'

const url = process.env.DEVIN_API_URL ?? 'http://127.0.0.1:8080'
const headers = { authorization: `Bearer ${process.env.DEVIN_API_KEY ?? 'apk_user_example'}` }

// The file is a form field. Leave the content type to fetch: it knows the boundary.
const form = new FormData()
form.set('file', new Blob(['id,name\n1,Ada\n'], { type: 'text/csv' }), 'people.csv')
const upload = await fetch(`${url}/v1/attachments`, { method: 'POST', headers, body: form })
assert.equal(upload.status, 200)

// The answer is a JSON string: the address of the file.
const address = await upload.json()
console.log('Uploaded to', address)

// Nothing is attached to a session yet. A line of the prompt does that, exactly like this and on its own.
const prompt = `Count the people.\nATTACHMENT:"${address}"`
const session = await fetch(`${url}/v1/sessions`, {
  method: 'POST',
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify({ prompt }),
})
console.log('Started', (await session.json()).url)

// The API redirects to an address that is good for a minute and wants no key; fetch follows by itself.
const [, uuid, name] = /\/attachments\/([^/]+)\/([^/]+)$/.exec(address)
const download = await fetch(`${url}/v1/attachments/${uuid}/${name}`, { headers })
const text = await download.text()
console.log(download.status, download.headers.get('content-type'), JSON.stringify(text))
assert.equal(text, 'id,name\n1,Ada\n')
assert.equal(download.headers.get('content-type'), 'text/csv')
