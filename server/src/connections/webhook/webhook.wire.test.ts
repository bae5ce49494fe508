import { afterAll, beforeAll, expect, test } from 'vitest';
import { OutcomeUnknown } from '../../tools/tool.ts';
import { connectTo, type Peer, type PeerAnswer, startPeer } from '../testing-peer.ts';
import { signatureOf } from './client.ts';
import { webhookConnection } from './index.ts';
import { verified } from './testing.ts';

const secret = `whsec_${'A'.repeat(43)}=`;
const oldSecret = `whsec_${'B'.repeat(43)}=`;
let peer: Peer;
const answers: PeerAnswer[] = [];
beforeAll(async () => {
  peer = await startPeer(() => answers.shift() ?? { status: 200, body: 'ok' });
});
afterAll(() => peer.close());

const connect = (more: object = {}) =>
  connectTo(webhookConnection, { url: `${peer.url}/in`, secret, ...more }, null);

test('an endpoint that takes a signed ping is connected; its secret comes back nowhere', async () => {
  const { checked } = await connect({ oldSecret });
  expect(checked.account.name).toBe(`Webhook (${new URL(peer.url).host})`);
  expect(JSON.stringify(checked)).not.toContain(secret);
  const ping = peer.requests.at(-1);
  if (!ping) throw new Error('There was no ping.');
  for (const each of [secret, oldSecret]) expect(verified(each, ping)).toMatchObject({ type: 'purser.ping' });
});

test.each([
  [{ status: 404, body: 'no such page' }, 'it answered 404: no such page'],
  [{ status: 301, headers: { location: 'http://10.0.0.1/' } }, 'it answered 301'],
  [{ hangUp: true as const }, 'cannot be reached'],
])('one that answers %j is not', async (answer, why) => {
  answers.push(answer);
  await expect(connect()).rejects.toMatchObject({
    code: 'endpoint_refused',
    message: expect.stringContaining(why),
  });
});

test.each([
  [{ secret: 'whsec_short' }, 'credential_malformed'],
  [{ url: 'nowhere' }, 'credential_malformed'],
  [{ events: 'run.failed\nsomething.else' }, 'credential_malformed'],
  [{ url: 'https://10.0.0.8/in' }, 'endpoint_refused'],
  [{ url: 'http://169.254.169.254/latest' }, 'endpoint_refused'],
])('%j is refused', async (more, code) => {
  const before = peer.requests.length;
  await expect(connect(more)).rejects.toMatchObject({ code });
  expect(peer.requests.length).toBe(before);
});

test('an event of an agent’s own is shown whole before it is sent, and sent again under the same id', async () => {
  const connected = await connect();
  const input = { event: 'payment.large', data: { amount: '1250.00 USD', customer: 'cus_123' } };
  const { preview } = await connected.plan('send_webhook', input);
  expect(preview.facts).toContainEqual({ label: 'Data', value: JSON.stringify(input.data, null, 2) });
  answers.push({ status: 503 });
  await expect(connected.call('send_webhook', input, 'op_1')).rejects.toBeInstanceOf(OutcomeUnknown);
  await connected.call('send_webhook', input, 'op_1');
  const [first, second] = peer.requests.slice(-2);
  expect(first?.headers['webhook-id']).toBe('op_1');
  expect(second?.headers['webhook-id']).toBe('op_1');
  expect(second?.body).toMatchObject({ type: 'custom.payment.large', data: input.data });
});

test('an endpoint that refuses an event is believed', async () => {
  const connected = await connect();
  answers.push({ status: 422, body: 'unknown event' });
  expect(await connected.refusal('send_webhook', { event: 'a.b' })).toMatchObject({
    ...{ code: 'refused', message: expect.stringContaining('unknown event') },
  });
});

test('only the events that were asked for are told', async () => {
  const target = (events?: string) => ({
    credentials: { url: peer.url, secret, ...(events && { events }) },
    baseUrl: null,
  });
  expect(webhookConnection.announcements?.wants(target('run.failed, approval.requested'))).toEqual([
    'approval.requested',
    'run.failed',
  ]);
  expect(webhookConnection.announcements?.wants(target())).toHaveLength(5);
});

test('a signature is that of the standard’s own example', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const at = new Date(1_614_265_330_000);
  expect(signatureOf(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', at, '{"test": 2432232314}')).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});
