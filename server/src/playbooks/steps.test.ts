import { expect, test } from 'vitest';
import type { Entry, ToolStep } from '../agents/journal.ts';
import { attemptsAt, entriesOf, type Settled, stepsOf } from './steps.ts';

const at = new Date('2026-11-02T12:00:00Z');
let step = 0;
const entry = (of: Pick<Entry, 'kind' | 'content'>, runId = 'run_1') => {
  step += 1;
  return { runId, step, at, ...of } as Entry;
};
const called = (callId: string, result: ToolStep['result'], operationId = 'op_1') =>
  entry({
    kind: 'tool',
    content: {
      ...{
        callId,
        name: 'send_message',
        title: 'Send',
        effect: 'outbound',
        operationId,
        requestIds: [],
        objects: [],
      },
      ...{ startedAt: at.toISOString(), finishedAt: '2026-11-02T12:00:05.000Z', result },
    },
  });
const failed = (code: string) => ({ status: 'failed', error: { code, message: code } }) as const;

test('a step is what its last call came to', () => {
  const steps = stepsOf([
    called('mail_1-1', failed('address_bounced')),
    called('mail_1-2', { status: 'completed', view: { id: 'mail_x' }, summary: 'Sent' }),
    called('mail_2-1', { status: 'rejected', reason: 'No.' }),
  ]);
  expect(steps.of('mail_1')).toMatchObject({ status: 'done', view: { id: 'mail_x' }, callId: 'mail_1-2' });
  expect(steps.of('mail_1')?.at.toISOString()).toBe('2026-11-02T12:00:05.000Z');
  expect(steps.of('mail_2')).toMatchObject({ status: 'rejected', error: { message: 'No.' } });
  expect(steps.of('mail_3')).toBeUndefined();
});

test.each(['approval_void', 'halted', 'did_not_happen'])(
  'after %s it is as if it had never been proposed',
  (code) => {
    expect(stepsOf([called('mail_1-1', failed(code))]).of('mail_1')).toBeUndefined();
  },
);

test('an unknown outcome is unknown until the operation is settled, and then what that says', () => {
  const entries = [called('charge-1', failed('outcome_unknown'), 'op_9')];
  expect(stepsOf(entries).of('charge')).toMatchObject({ status: 'unknown' });
  const done: Settled = new Map([['op_9', { state: 'done', view: { id: 'pi_1' }, error: null }]]);
  expect(stepsOf(entries, done).of('charge')).toMatchObject({ status: 'done', view: { id: 'pi_1' } });
  const never = { state: 'failed', view: null, error: { code: 'did_not_happen', message: '' } } as const;
  expect(stepsOf(entries, new Map([['op_9', never]])).of('charge')).toBeUndefined();
});

test('what a person talks about with the agent in the same thread is no step', () => {
  const entries = [
    entry({ kind: 'user', content: { text: 'Begin.', playbookRun: 'pbr_1' } }),
    entry({ kind: 'user', content: { text: 'Why was this sent?' } }, 'run_2'),
    entry({ kind: 'user', content: { text: 'Go on.', playbookRun: 'pbr_2' } }, 'run_3'),
  ];
  expect(entriesOf(entries, 'pbr_1').map(({ runId }) => runId)).toEqual(['run_1']);
});

test('each proposal of a step has a call id of its own', () => {
  const asked = (id: string) =>
    entry({
      kind: 'model',
      content: {
        ...{
          messages: [],
          text: '',
          finishReason: 'tool-calls',
          calls: [{ id, name: 'send_message', input: {} }],
        },
        usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 },
      },
    });
  expect(attemptsAt([asked('mail_1-1'), asked('mail_10-1'), asked('mail_1-2')], 'mail_1')).toBe(2);
});
