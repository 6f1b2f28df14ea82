// The API page: Swagger UI for the documents that this server publishes, with keys that it accepts filled in.
import { type BodySchema, exampleOf } from '../model/example-body.ts'
import { asVersion30 } from '../model/version-30.ts'
import { isChinese, type Texts, textsIn } from './texts.ts'

/** The parts of Swagger UI that this page uses. Its own script defines the global. */
declare const SwaggerUIBundle: (options: object) => {
  preauthorizeApiKey(scheme: string, key: string): unknown
}

type DocumentName = keyof Texts['documents']

/** The documents: their addresses, relative to this page, and a key that the server accepts unless its keys are strict. */
const DOCUMENTS: Readonly<Record<DocumentName, { readonly path: string; readonly key?: string }>> = {
  v3: { path: '../v3-openapi.json', key: 'cog_demo' },
  v1: { path: '../openapi.json', key: 'apk_user_demo' },
  control: { path: 'openapi.json' },
}

/** The organization of these keys. */
const ORG_ID = 'org-fa4ede71000000000000000000000001'

/** The part of an operation that this page changes. */
interface Operation {
  readonly tags?: readonly string[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Body>> }
}

interface Body {
  readonly schema: BodySchema
  readonly example?: unknown
}

/** The part of an OpenAPI document that this page reads. */
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: {
    readonly securitySchemes?: Readonly<Record<string, unknown>>
    readonly schemas?: Readonly<Record<string, BodySchema>>
  }
}

/** The name under which the page keeps the control token in this tab. */
const TOKEN = 'fake-devin-token'

const query = new URLSearchParams(location.search)
const given = query.get('document') ?? ''
const shown: DocumentName = Object.hasOwn(DOCUMENTS, given) ? (given as DocumentName) : 'v3'
const language = query.get('lang') ?? navigator.language
const texts = textsIn(language)

/** Shows the links to the page and to the documents. */
function showLinks(): void {
  document.documentElement.lang = isChinese(language) ? 'zh' : 'en'
  document.title = `${texts.title} · ${texts.documents[shown]} · fake-devin`
  const suffix = query.has('lang') ? `&lang=${encodeURIComponent(language)}` : ''
  const names = Object.keys(DOCUMENTS) as DocumentName[]
  document.getElementById('documents')?.append(
    link('./', texts.back),
    ...names.map((name) => {
      const tab = link(`docs?document=${name}${suffix}`, texts.documents[name])
      if (name === shown) tab.setAttribute('aria-current', 'page')
      return tab
    }),
  )
}

function link(href: string, text: string): HTMLAnchorElement {
  return Object.assign(document.createElement('a'), { href, textContent: text })
}

/** Follows the colours that the system prefers. */
function followColours(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
  dark.addEventListener('change', follow)
  follow()
}

/** Adds the control token to a call of the control plane. */
function authorize<Call extends { readonly url: string; readonly headers: Record<string, string> }>(
  call: Call,
): Call {
  const token = sessionStorage.getItem(TOKEN)
  const isControl = new URL(call.url, location.href).href.startsWith(new URL('.', location.href).href)
  const isAuthorized = Object.keys(call.headers).some((name) => name.toLowerCase() === 'authorization')
  if (isControl && token !== null && !isAuthorized) call.headers.Authorization = `Bearer ${token}`
  return call
}

/**
 * Returns the paths with the organization of the keys above filled in, with short examples of bodies that have none, and with their
 * operations grouped: those without a tag by what their path names first, such as `secrets`.
 */
function readyToTry({ paths, components }: OpenApi): OpenApi['paths'] {
  return Object.fromEntries(
    Object.entries(paths).map(([path, operations]) => {
      const tags = path.split('/').slice(2, 3)
      const ready = Object.entries(operations).map(([method, operation]) => {
        const parameters = operation.parameters?.map((parameter) =>
          parameter.in === 'path' && parameter.name === 'org_id'
            ? { ...parameter, example: ORG_ID }
            : parameter,
        )
        return [
          method,
          {
            tags,
            ...operation,
            ...(parameters !== undefined && { parameters }),
            ...withExample(operation, components?.schemas ?? {}),
          },
        ]
      })
      return [path, Object.fromEntries(ready)]
    }),
  )
}

/** Returns the body of an operation with an example, if it is JSON. */
function withExample(
  { requestBody }: Operation,
  schemas: Readonly<Record<string, BodySchema>>,
): Pick<Operation, 'requestBody'> {
  const json = requestBody?.content['application/json']
  if (requestBody === undefined || json === undefined || json.example !== undefined) return {}
  const content = {
    ...requestBody.content,
    'application/json': { ...json, example: exampleOf(json.schema, schemas) },
  }
  return { requestBody: { ...requestBody, content } }
}

/** Fetches the document, and shows it for this server, whatever servers it names. */
async function showDocument(): Promise<void> {
  const { path, key } = DOCUMENTS[shown]
  const response = await fetch(path, authorize({ url: path, headers: {} }))
  if (response.status === 401) throw new Error(texts.needsToken)
  if (!response.ok) throw new Error(texts.failed(`${response.status}`))
  const spec: OpenApi = JSON.parse(await response.text(), asVersion30)
  const [scheme] = Object.keys(spec.components?.securitySchemes ?? {})
  const ui = SwaggerUIBundle({
    dom_id: '#swagger',
    spec: {
      ...spec,
      // Swagger UI takes three times as long for 3.1: 2.2 s for v3, and 1 s to open an operation.
      openapi: '3.0.3',
      paths: readyToTry(spec),
      servers: [{ url: new URL('..', location.href).href.replace(/\/$/, '') }],
    },
    deepLinking: true,
    docExpansion: 'none',
    defaultModelExpandDepth: 3,
    defaultModelsExpandDepth: 0,
    filter: true,
    // The default one asks an outside host about the document.
    validatorUrl: null,
    requestInterceptor: authorize,
    onComplete: () => {
      if (scheme !== undefined && key !== undefined) ui.preauthorizeApiKey(scheme, key)
    },
  })
}

followColours()
showLinks()
showDocument().catch(({ message }: Error) => {
  const paragraph = Object.assign(document.createElement('p'), { textContent: message, role: 'alert' })
  document.getElementById('swagger')?.replaceChildren(paragraph)
})
