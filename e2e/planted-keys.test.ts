import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent, Connection, Thread } from '@purser/server/api';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PuppetModel, startPuppetModel } from './fixtures/puppet-model.ts';
import { type Answer, type Method, type Purser, postgresUrl, startPurser } from './fixtures/purser.ts';
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

/** Everything that can be read back, and the news as they come. */
async function readBack(): Promise<void> {
  const { body } = await ask<{ paths: Record<string, object> }>('GET', '/api/openapi.json');
  for (const [path, methods] of Object.entries(body.paths)) {
    if (!('get' in methods) || /\{|live/.test(path)) continue;
    const { body: found } = await ask<{ data?: { id?: string }[] }>('GET', path);
    for (const { id } of (Array.isArray(found?.data) ? found.data : []).slice(0, 5))
      if (id) await ask('GET', `${path}/${id}`);
  }
  const live = await fetch(`${purser.url}/api/live`, {
    headers: { authorization: `Bearer ${purser.token}` },
    signal: AbortSignal.timeout(1_500),
  });
  const chunks = [];
  try {
    for await (const chunk of live.body ?? []) chunks.push(Buffer.from(chunk));
  } catch {
    // It never ends by itself.
  }
  answers.push(Buffer.concat(chunks).toString());
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Every row as text: inside the files long ones are compressed. */
async function rows(): Promise<string> {
  const client = new pg.Client({ connectionString: await postgresUrl(purser) });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
  );
  const texts = [];
  for (const { name } of tables) {
    const { rows: found } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
    texts.push(...found.map(({ row }) => row));
  }
  await client.end();
  return texts.join('\n');
}

it('no planted key is in any file, row, log, answer or event, nor told to a model', async () => {
  await drive();
  await readBack();
  await purser.kill();
  await purser.start();
  await readBack();
  answers.push((await purser.cli('doctor')).stdout, (await purser.cli('audit', 'verify')).stdout);
  const places: [string, string][] = [
    ['a row', await rows()],
    ['the log', purser.output()],
    ['an answer', answers.join('\n')],
    ['what a model was sent', JSON.stringify(model.steps)],
  ];
  expect(await purser.stop()).toBe(0);
  for (const file of await filesBelow(purser.dataDir)) places.push([file, await readFile(file, 'latin1')]);
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
