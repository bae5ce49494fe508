import { expect, it } from 'vitest';
import { aboutWords, actionWords, detail } from './audit-words.ts';

it('says in words what an entry is about', () => {
  const details = {
    operation: { tool: 'create_refund', account: 'acct_1', approval: { id: 'apr_1' } },
    from: { address: '192.0.2.1' },
  };
  expect(actionWords('approval.approved')).toBe('Approval approved');
  expect(aboutWords({ details })).toBe('create refund · acct_1 · 192.0.2.1');
  expect(detail({ details }, 'operation', 'approval', 'id')).toBe('apr_1');
  expect(detail({ details }, 'operation', 'none', 'id')).toBeNull();
  expect(aboutWords({ details: null })).toBe('');
});
