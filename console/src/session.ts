import type { Role, Session } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from './queries.ts';

/** Who looks at this window; undefined until known. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery()).data;
}

const canWrite: readonly Role[] = ['owner', 'operator', 'requester'];
const canApprove: readonly Role[] = ['owner', 'operator', 'approver'];

/**
 * What this person may do. Only for showing: the server decides. Until the role is known nothing is taken away, so that
 * the page does not jump.
 */
export function usePermissions(): { write: boolean; approve: boolean; own: boolean } {
  const role = useSession()?.role;
  return {
    write: !role || canWrite.includes(role),
    approve: !role || canApprove.includes(role),
    own: !role || role === 'owner',
  };
}
