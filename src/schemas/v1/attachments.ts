import { Type } from '@sinclair/typebox'
import type { UploadFile } from '../../fastapi/form/form.ts'

/** The path of `GET /v1/attachments/{uuid}/{name}`. */
export const AttachmentPath = Type.Object({
  uuid: Type.String({ title: 'Uuid' }),
  name: Type.String({ title: 'Name' }),
})

/** The form of `POST /v1/attachments`. */
export const UploadAttachmentBody = Type.Object(
  { file: Type.Unsafe<UploadFile>({ title: 'File', type: 'string', format: 'binary' }) },
  {
    $id: 'Body_upload_attachment_v1_attachments_post',
    title: 'Body_upload_attachment_v1_attachments_post',
  },
)
