import type { Role } from '@purser/server/api';
import { capitalised } from '../ui/capitalised.ts';

/** What each role may do, most first. */
export const roleWords: Record<Role, string> = {
  owner: 'Owners do everything, keys and people included.',
  operator: 'Operators work with agents and approve.',
  requester: 'Requesters work with agents and approve nothing: the role for programs.',
  approver: 'Approvers read and approve.',
  viewer: 'Viewers read.',
};
export const roles: readonly Role[] = ['owner', 'operator', 'requester', 'approver', 'viewer'];
export const roleName = (role: Role): string => capitalised(role);
