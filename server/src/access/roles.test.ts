import { expect, it } from 'vitest';
import { type Action, can, lesserRole, roles } from './roles.ts';

const actions: readonly Action[] = ['read', 'operate', 'approve', 'administer'];
const pairs = roles.flatMap((a) => roles.map((b) => [a, b] as const));

it.each(pairs)(
  'what %s and %s may both is all that a token of the one with the role of the other may',
  (a, b) => {
    const both = actions.filter((action) => can(a, action) && can(b, action));
    expect(actions.filter((action) => can(lesserRole(a, b), action))).toEqual(both);
  },
);
