import { describe, expect, it } from 'vitest';
import { invalidInput, notFound } from './problem.ts';

describe('a problem', () => {
  it('is a problem document of RFC 9457', () => {
    expect(notFound('agent', 'agt_1').toDocument()).toEqual({
      type: 'urn:purser:problem:agent_not_found',
      title: 'No such agent',
      status: 404,
      detail: 'There is no agent agt_1.',
      code: 'agent_not_found',
    });
  });

  it('says of bad input where and why', () => {
    const problem = invalidInput([{ path: 'name', message: 'is missing' }]);
    expect(problem.toDocument()).toMatchObject({
      status: 422,
      errors: [{ path: 'name', message: 'is missing' }],
    });
    expect(problem.message).toBe('name: is missing');
  });
});
