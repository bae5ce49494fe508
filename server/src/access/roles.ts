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

/** What is allowed by both: one of the two where it may all that the other may and more, else no more than to look. */
export function lesserRole(a: Role, b: Role): Role {
  const within = (less: Role, more: Role) => allowed[less].every((action) => can(more, action));
  if (within(a, b)) return a;
  return within(b, a) ? b : 'viewer';
}
