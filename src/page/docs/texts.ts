/** The words of the API page itself; Swagger UI has its own, in English. */
export interface Texts {
  readonly title: string
  readonly back: string
  readonly documents: Readonly<Record<'v3' | 'v1' | 'control', string>>
  readonly needsToken: string
  readonly failed: (reason: string) => string
}

const ENGLISH: Texts = {
  title: 'API',
  back: '← Back to the page',
  documents: { v3: 'API v3', v1: 'API v1 (legacy)', control: 'Control plane' },
  needsToken: 'This document needs the control token. Enter it on the page first, in this tab.',
  failed: (reason) => `The document cannot be loaded: ${reason}`,
}

const CHINESE: Texts = {
  title: 'API 文档',
  back: '← 返回页面',
  documents: { v3: 'API v3', v1: 'API v1（旧版）', control: '控制接口' },
  needsToken: '此文档需要控制令牌。请先在本标签页的页面中输入令牌。',
  failed: (reason) => `无法加载文档：${reason}`,
}

/** Returns the texts in a language: Chinese for `zh` and its variants, otherwise English. */
export function textsIn(language: string): Texts {
  return isChinese(language) ? CHINESE : ENGLISH
}

/** Returns whether a language tag is one of Chinese. */
export function isChinese(language: string): boolean {
  return /^zh\b/i.test(language)
}
