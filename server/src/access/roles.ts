/**
 * Owners do everything; operators run agents and approve; requesters run agents and approve nothing, as programs should;
 * approvers read and approve; viewers read.
 */
export const roles = ['owner', 'operator', 'requester', 'approver', 'viewer'] as const;
export type Role = (typeof roles)[number];

/**
 * - `read`: look at anything but secrets.
 * - `operate`: talk to agents, change agents and threads.
 * - `approve`: decide approvals.
 * - `administer`: connections, policies, people, tokens, settings.
 */
export type Action = 'read' | 'operate' | 'approve' | 'administer';

const allowed: Record<Role, readonly Action[]> = {
  owner: ['read', 'operate', 'approve', 'administer'],
  operator: ['read', 'operate', 'approve'],
  requester: ['read', 'operate'],
  approver: ['read', 'approve'],
  viewer: ['read'],
};

export function can(role: Role, action: Action): boolean {
  return allowed[role].includes(action);
}

export function isRole(value: unknown): value is Role {
  return roles.some((role) => role === value);
}

/** The one of two that may less: each role may all that those after it may. */
export const lesserRole = (a: Role, b: Role): Role => (roles.indexOf(a) > roles.indexOf(b) ? a : b);
