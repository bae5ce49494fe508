import { randomBytes } from 'node:crypto';
import type { Agent, Connection, Thread } from '@purser/server/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everyFile, everyRow, type Place, readBack } from './fixtures/every-byte.ts';
import { type PuppetModel, startPuppetModel } from './fixtures/puppet-model.ts';
import { type Answer, type Method, type Purser, startPurser } from './fixtures/purser.ts';
import { type SandboxProgram, startSandbox } from './fixtures/sandbox.ts';

/**
 * Secrets that exist nowhere else in the world, planted at every place that takes one, and where people paste them by
 * mistake. Then everything is driven, failures and a crash included, and every byte that was stored or left is searched.
 */
const unique = () => randomBytes(18).toString('hex');
const planted = {
  stripeKey: `sk_test_${unique()}`,
  badKey: `sk_live_${unique()}`,
  webhook: `whsec_${unique()}`,
  anthropic: `sk-ant-${unique()}`,
  smtp: unique(),
  oidc: unique(),
  password: `password ${unique()}`,
  pastedInChat: `rk_live_${unique()}`,
  pastedInName: `sk_live_${unique()}`,
  pastedSlack: `xoxb-${unique()}`,
};

let model: PuppetModel;
let sandbox: SandboxProgram;
let purser: Purser;
const answers: string[] = [];

beforeAll(async () => {
  [model, sandbox] = await Promise.all([startPuppetModel(), startSandbox()]);
  purser = await startPurser({
    ...model.settings,
    PURSER_SANDBOX_PORT: '0',
    PURSER_LOG_LEVEL: 'debug',
    ANTHROPIC_API_KEY: planted.anthropic,
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9/v1',
    SMTP_URL: `smtp://mailer:${planted.smtp}@127.0.0.1:9`,
    MAIL_FROM: 'purser@example.com',
    PURSER_PUBLIC_URL: 'http://127.0.0.1',
    PURSER_OIDC_ISSUER: 'http://127.0.0.1:9',
    PURSER_OIDC_CLIENT_ID: 'purser',
    PURSER_OIDC_CLIENT_SECRET: planted.oidc,
  });
}, 90_000);
afterAll(async () => {
  await purser?.remove();
  await sandbox?.stop();
  await model?.close();
});

async function ask<T>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
  const answer = await purser.api<T>(method, path, body);
  answers.push(JSON.stringify([...answer.headers]) + answer.text);
  return answer;
}

async function drive(): Promise<void> {
  const connect = (apiKey: string, baseUrl = sandbox.url) =>
    ask<Connection>('POST', '/api/connections', { type: 'stripe', credentials: { apiKey }, baseUrl });
  expect((await connect(planted.badKey)).status).toBe(422);
  expect((await connect(planted.badKey, 'http://127.0.0.1:9')).status).toBe(422);
  await ask('POST', '/api/connections', { type: 'nothing', credentials: { apiKey: planted.badKey } });
  const { id } = (await connect(planted.stripeKey)).body;
  await ask('PUT', `/api/connections/${id}/webhook`, { secrets: [planted.webhook] });
  await ask('POST', `/api/connections/${id}/check`);
  await ask('POST', `/api/connections/${id}/rotate`, { credentials: { apiKey: planted.badKey } });
  await ask('POST', '/api/connections', `{"credentials":{"apiKey":"${planted.badKey}"`);
  const agent = await ask<Agent>('POST', '/api/agents', {
    name: `Desk ${planted.pastedInName}`,
    instructions: `Use ${planted.pastedSlack} for Slack.`,
  });
  const agentId = agent.body.id;
  await ask('PUT', `/api/agents/${agentId}/connections/${id}`, {});
  const { body: thread } = await ask<Thread>('POST', '/api/threads', { agentId });
  for (const text of [
    `Our new key is ${planted.pastedInChat}, keep it.`,
    'create_customer {"name":"Ann","email":"ann@example.com"}',
    `list_customers {"email":"${planted.pastedInChat}"}`,
  ])
    await ask('POST', `/api/threads/${thread.id}/messages?wait=true`, { text });
  await ask('PATCH', `/api/agents/${agentId}`, { model: 'anthropic/claude-sonnet-4-5' });
  await ask('POST', `/api/threads/${thread.id}/messages?wait=true`, { text: 'Are you there?' });
  await ask('POST', '/api/sign-in/password', { email: 'owner@purser.local', password: planted.password });
  await ask('POST', '/api/sign-in/provider', {});
  await ask('POST', '/api/invitations', { email: 'new@example.com' });
  await ask('POST', `/webhooks/stripe/${id}`, '{"id":"evt_1"}');
}

it('no planted key is in any file, row, log, answer or event, nor told to a model', async () => {
  await drive();
  const places: Place[] = await readBack(purser);
  await purser.kill();
  await purser.start();
  places.push(...(await readBack(purser)));
  for (const what of ['doctor', 'audit verify'])
    places.push([what, (await purser.cli(...what.split(' '))).stdout]);
  places.push(
    await everyRow(purser),
    ['the log', purser.output()],
    ['an answer', answers.join('\n')],
    ['what a model was sent', JSON.stringify(model.steps)],
  );
  expect(await purser.stop()).toBe(0);
  places.push(...(await everyFile(purser)));
  expect(places.length).toBeGreaterThan(500);
  expect(places.some(([, text]) => text.includes('ann@example.com'))).toBe(true);
  const found = places.flatMap(([place, text]) =>
    Object.entries(planted)
      // Without the prefix that stays to tell kinds apart, and the end that tells keys apart.
      .filter(([, secret]) => text.includes(secret.slice(-30, -4)))
      .map(([name]) => `${name} in ${place}`),
  );
  expect(found).toEqual([]);
}, 120_000);
