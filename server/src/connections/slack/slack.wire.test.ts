import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutcomeUnknown } from '../../tools/tool.ts';
import { type Connected, connectTo } from '../testing-peer.ts';
import { slackConnection } from './index.ts';
import { type FakeSlack, fakeSlack } from './testing.ts';

let slack: FakeSlack;
let northwind: Connected;
beforeAll(async () => {
  slack = await fakeSlack();
  northwind = await connectTo(slackConnection, { token: slack.token }, slack.url);
});
afterAll(() => slack.close());

describe('connecting', () => {
  test('says which workspace it is and which scopes are there, and nothing of the token', async () => {
    expect(northwind.checked).toMatchObject({
      ...{ account: { id: 'T1', name: 'Slack (Northwind)' }, mode: 'live', warnings: [] },
      permissions: expect.arrayContaining([
        expect.objectContaining({ resource: 'chat:write', granted: 'write', ok: true }),
      ]),
    });
    expect(JSON.stringify(northwind.checked)).not.toContain(slack.token);
  });

  test('names what is missing and what is too much', async () => {
    const poor = await fakeSlack({ scopes: 'chat:write,admin' });
    const { checked } = await connectTo(slackConnection, { token: poor.token }, poor.url);
    expect(checked.permissions.filter(({ ok }) => !ok).map(({ resource }) => resource)).toEqual([
      'channels:read',
      'channels:history',
    ]);
    expect(checked.warnings[0]).toContain('admin');
    await poor.close();
  });

  test.each([
    [{ token: 'xoxp-123456789012' }, 'credential_malformed'],
    [{ token: 'xoxb-wrong-wrong-wrong' }, 'key_wrong'],
    [{ token: 'xoxb-000000000000-test-peer', signingSecret: 'short' }, 'credential_malformed'],
    [{ token: 'xoxb-000000000000-test-peer', channel: '<!channel>' }, 'credential_malformed'],
  ])('%j is refused', async (entered, code) => {
    await expect(connectTo(slackConnection, entered, slack.url)).rejects.toMatchObject({ code });
  });
});

describe('messages', () => {
  test('are posted to a channel by its name, answered in its thread, and deleted again', async () => {
    const text = '**$1,250.00** from Bob <!channel>';
    const { preview } = await northwind.plan('post_slack_message', { channel: '#payments', text });
    expect(preview).toMatchObject({
      summary: 'Post to #payments: “**$1,250.00** from Bob <!channel>”',
      facts: expect.arrayContaining([{ label: 'Who reads it', value: 'everybody in this Slack' }]),
    });
    const made = await northwind.call('post_slack_message', { channel: 'payments', text }, 'op_post');
    expect(slack.messages[0]).toMatchObject({
      ...{ channel: 'C1', text: '*$1,250.00* from Bob &lt;!channel&gt;' },
      metadata: { event_type: 'purser_operation', event_payload: { operation: 'op_post' } },
    });
    const { ts } = made.view as { ts: string };
    await northwind.call('post_slack_message', { channel: '#payments', text: 'And it is gone.', thread: ts });
    expect(slack.messages[1]).toMatchObject({ thread_ts: ts });
    await northwind.call(made.undo?.tool ?? '', made.undo?.input);
    expect(slack.messages.map((each) => each.ts)).not.toContain(ts);
    expect(await northwind.call('delete_slack_message', { channel: '#payments', ts })).toMatchObject({
      summary: 'Deleted a message in #payments',
    });
  });

  test.each([undefined, '1730000000.000100'])(
    'one whose answer was lost is not posted twice (thread %s)',
    async (thread) => {
      const before = slack.messages.length;
      const input = { channel: '#payments', text: 'Once.', ...(thread && { thread }) };
      slack.loseNext();
      await expect(northwind.call('post_slack_message', input, `op_${thread}`)).rejects.toBeInstanceOf(
        OutcomeUnknown,
      );
      expect(await northwind.call('post_slack_message', input, `op_${thread}`)).toMatchObject({
        summary: 'Posted to #payments',
      });
      expect(slack.messages.length).toBe(before + 1);
    },
  );

  test('where other companies read along, a tool of its own is needed, which reaches people outside', async () => {
    const refused = await northwind.refusal('post_slack_message', { channel: '#with-acme', text: 'Hello' });
    expect(refused).toMatchObject({ code: 'shared_with_others' });
    expect(northwind.tool('post_to_shared_slack_channel').effect).toBe('outbound');
    await northwind.call('post_to_shared_slack_channel', { channel: '#with-acme', text: 'Hello' });
    expect(
      (await northwind.refusal('post_to_shared_slack_channel', { channel: '#payments', text: 'x' })).code,
    ).toBe('not_shared');
  });

  test.each([
    [{ channel: '#elsewhere', text: 'x' }, 'not_in_channel', '/invite'],
    [{ channel: '#nowhere', text: 'x' }, 'channel_not_found', 'list_slack_channels'],
    [{ channel: '#payments', text: 'Card 4242 4242 4242 4242' }, 'card_number_refused', 'brand'],
  ])('%j is refused with what to do', async (input, code, next) => {
    expect(await northwind.refusal('post_slack_message', input)).toMatchObject({
      code,
      next: expect.stringContaining(next),
    });
  });

  test('every channel is found, however many pages they take', async () => {
    const { view } = await northwind.call('list_slack_channels', {});
    expect(view).toMatchObject({ seen: 3, complete: true });
  });
});

test.each([
  ['missing_scope', 'permission_missing', 'channels:history'],
  ['token_revoked', 'key_wrong', 'does not accept'],
  ['internal_error', 'far_side_failed', 'internal error'],
])('%s is explained', async (word, code, says) => {
  slack.failNext(word);
  expect(await northwind.refusal('list_slack_channels', {})).toMatchObject({
    code,
    message: expect.stringContaining(says),
  });
});

test('a limit that was reached says when to try again', async () => {
  slack.limitNext(17);
  expect(await northwind.refusal('list_slack_channels', {})).toMatchObject({
    ...{ code: 'rate_limited', next: 'Try again in 17 seconds.' },
  });
});
