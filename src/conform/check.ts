import type { FidelityRow } from '../fidelity/row.ts'
import type { Answer, Api } from './api.ts'
import { fits, isAsWritten } from './expect.ts'

/** Compares the server with one row of the ledger. Throws Contradiction if they differ, and Untestable if it cannot tell. */
export type Check = (api: Api, row: FidelityRow) => Promise<unknown>

/** The checks of some rows: by subject, and then by the row's question. A text is the reason why a row has no check. */
export type Checks = Readonly<Record<string, string | Readonly<Record<string, Check | string>>>>

/** Returns a check that reads a path, and compares the answer with the schema of the operation. */
export const reads =
  (path: string): Check =>
  async (api) =>
    fits(await api.call('GET', path))

/** Returns a check of a request whose answer the row quotes. */
export const answers =
  (method: string, path: string, body?: unknown): Check =>
  async (api, row) =>
    isAsWritten(await api.call(method, path, { body }), row)

/** Returns a check of an answer that checks share. */
export const quotes =
  (answerOf: (api: Api) => Promise<Answer>): Check =>
  async (api, row) =>
    isAsWritten(await answerOf(api), row)

// Why rows have no check.

/** The row is about what the fake chooses where nothing is known, or bounds to protect itself. */
export const CHOICE = 'a choice or a limit of the fake, which no other server shares'
/** The row is about what happens in time. */
export const TIME =
  'depends on what a session or job does in the course of time, which differs from run to run'
/** The row is about permissions. */
export const PERMISSIONS = 'needs several keys with different permissions'
/** The row needs data that no operation creates. */
export const DATA = 'needs data that a run cannot create'
/** The operation starts work. */
export const STARTS_WORK = 'starts work that costs money and that no operation removes'
/** The operation changes who may do what. */
export const ACCESS = 'changes who or what has access, or settings that all users share, so no run does it'
/** The operation or member has an effect only in sessions. */
export const EFFECT = 'is about the effect on sessions, which start, cost money and take their time'
