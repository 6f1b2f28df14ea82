import { allRoles } from '../../auth/roles.ts'
import { roleResponse } from '../../schemas/v3/roles.ts'
import { READ_MEMBERS } from './memberships.ts'
import { sortedPage } from './pages.ts'
import type { V3Routes } from './types.ts'

/** The roles that members can have. */
export const rolesRoutes = {
  // GET /v3/enterprise/roles
  'GET /v3/enterprise/roles': {
    permission: READ_MEMBERS,
    handle: async ({ query }) =>
      sortedPage({
        list: 'roles',
        records: allRoles().map((role, index) => ({ role, index })),
        sortKey: ({ index }) => [index],
        query,
        show: ({ role }) => roleResponse(role),
      }),
  },
} satisfies V3Routes
