import type { Texts } from './translate.ts'

/**
 * The Chinese texts of the vendor's pages (docs.devin.ai/zh/api-reference/v1), as published, although the translations are
 * inconsistent ("成功响应" and "成功的响应", "机密" and "密钥"). The descriptions of the playbook operations are those of their pages,
 * in Chinese as in English.
 */
export const chinese: Texts = {
  info: { description: 'Devin v1 API：个人 API key 与服务 API key' },
  securitySchemes: { bearerAuth: '个人 API Key（apk_user_\\*）或服务 API Key（apk_\\*）' },
  operations: {
    list_sessions_endpoint_v1_sessions_get: {
      summary: '会话列表',
      description: '列出你所在组织的所有 Devin 会话。支持分页，并可按标签和用户邮箱筛选。',
      parameters: { tags: '用于筛选会话的标签列表。', user_email: '根据创建者的邮箱地址筛选会话。' },
      responses: { 200: '成功响应' },
    },
    create_session_endpoint_v1_sessions_post: {
      summary: '新建会话',
      description: '根据指定的提示和配置选项创建一个新的 Devin 会话。',
      responses: { 200: '成功响应', 422: '验证错误' },
    },
    get_session_endpoint_v1_sessions__session_id__get: {
      summary: '获取现有会话的详细信息',
      responses: { 200: '成功的响应' },
    },
    terminate_session_endpoint_v1_sessions__session_id__delete: {
      summary: '终止会话',
      description: '终止一个处于活动状态的 Devin 会话。该会话必须尚未退出。',
      responses: { 200: '成功响应', 422: '验证错误' },
    },
    post_message_to_session_v1_sessions__session_id__message_post: {
      summary: '向会话发送消息',
      description:
        '向正在运行的 Devin 会话发送消息。会话必须处于运行状态才能接收消息。成功时返回 null；如果会话已被挂起，则返回一条详细信息。',
      responses: { 200: '成功响应', 422: '验证错误' },
    },
    edit_session_tags_v1_sessions__session_id__tags_put: {
      summary: '更新会话标签',
      responses: { 200: '成功响应' },
    },
    upload_attachment_v1_attachments_post: { summary: '上传附件' },
    download_attachment_customer_endpoint_v1_attachments__uuid___name__get: { summary: '下载附件' },
    list_secrets_v1_secrets_get: { summary: '列出机密信息', responses: { 200: '成功响应' } },
    delete_secret_v1_secrets__secret_id__delete: {
      summary: '删除机密',
      description: '从组织中删除机密。',
      responses: { 200: '成功的响应', 422: '验证错误' },
    },
    list_knowledge_v1_knowledge_get: { summary: '列出全部 Knowledge', responses: { 200: '成功响应' } },
    create_knowledge_v1_knowledge_post: {
      summary: '创建 Knowledge 条目',
      description: '为该组织创建新的 Knowledge 条目。',
      responses: { 200: '成功的响应', 422: '验证错误' },
    },
    update_knowledge_v1_knowledge__note_id__put: {
      summary: '更新 Knowledge 条目',
      responses: { 200: '成功的响应' },
    },
    delete_knowledge_v1_knowledge__note_id__delete: {
      summary: '删除 Knowledge 条目',
      description: '从组织中删除一条 Knowledge 条目。',
      responses: { 204: '成功响应', 422: '验证错误' },
    },
    list_playbooks_v1_playbooks_get: {
      summary: '列出 Playbooks',
      description: '获取贵组织可访问的所有团队 Playbook。通过 API 仅返回团队 Playbook。',
      responses: { 200: '成功的响应' },
    },
    create_playbook_v1_playbooks_post: {
      description: '新建团队 Playbook。需要 ManageOrgPlaybooks 权限。',
    },
    get_playbook_v1_playbooks__playbook_id__get: {
      summary: '获取操作手册',
      description: '通过其 ID 获取指定 Playbook 的详细信息。',
      responses: { 200: '成功的响应' },
    },
    update_playbook_v1_playbooks__playbook_id__put: {
      summary: '更新运行手册',
      description: '更新现有团队 Playbook。需要 ManageOrgPlaybooks 权限。只能更新团队 Playbook。',
      responses: { 200: '成功的响应' },
    },
    delete_playbook_v1_playbooks__playbook_id__delete: {
      description:
        '删除团队 Playbook。需要 ManageOrgPlaybooks 权限。此操作会将该 Playbook 标记为已删除，并移除所有关联的宏。',
    },
  },
  schemas: {
    CreateSessionParams: {
      properties: {
        knowledge_ids:
          '要使用的 Knowledge ID 列表。若为 None，则使用全部 Knowledge；若为空列表，则不使用任何 Knowledge。',
        max_acu_limit: 'ACU 最大值，必须为正数',
        secret_ids:
          '要使用的密钥 ID 列表。如果为 None，则表示使用所有密钥；如果为空列表，则表示不使用任何密钥。',
        session_secrets: '要使用的会话专用机密列表。这些机密仅在当前会话中可用，不会存入组织机密中。',
        structured_output_schema:
          '用于验证结构化输出的 JSON Schema（Draft 7），最大 64 KB。必须是自包含的（不得引用外部 $ref）。',
        tags: '要添加到本次会话的标签列表。',
        title: '会话的自定义标题。如果为 None，则会自动生成标题。',
      },
    },
    GetSessionResponse: { description: '关于现有会话的详细信息。' },
    PullRequestInfo: { description: '与会话关联的拉取请求信息。' },
    ListSessionsResponse: { description: '包含会话列表的响应。' },
    TerminateSessionResponse: { description: '会话成功终止时的响应。' },
    EditTagsResponse: { description: '成功更新标签后的响应。' },
    DeleteSecretResponse: { description: '删除密钥成功后的响应。' },
    KnowledgeCreatedBy: { description: '有关 Knowledge 条目创建者的信息。' },
    UpdatePlaybookResponse: { description: '成功更新 playbook 的响应。' },
  },
}
