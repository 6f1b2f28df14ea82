import type { UploadFile } from '../../fastapi/form/form.ts'

/** Returns the file of a form. The contract calls it a binary string, but validation lets through only a file. */
export function uploadIn({ file }: { readonly file: unknown }): UploadFile {
  return file as UploadFile
}
