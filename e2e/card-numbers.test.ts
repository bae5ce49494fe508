import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Agent, Connection, Page, Thread } from '@purser/server/api';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pdfWith } from '../server/src/agents/knowledge/testing/pdf.ts';
import { type MailServer, startMailServer } from '../server/src/connections/mail/testing.ts';
import { digitsOf, someCards, someNoCards } from './fixtures/cards.ts';
import { eventually } from './fixtures/eventually.ts';
import { everyFile, everyRow, type Place, readBack } from './fixtures/every-byte.ts';
import { filled, type JsonSchema } from './fixtures/filled.ts';
import { type PuppetModel, startPuppetModel } from './fixtures/puppet-model.ts';
import { type Method, type Purser, startPurser } from './fixtures/purser.ts';
import { freshKey, type SandboxProgram, startSandbox, stripeAt } from './fixtures/sandbox.ts';

/**
 * Made-up card numbers, in every form people and programs write them, go in at every entrance there is. Then every byte
 * that was stored, logged, mailed or sent to a model is searched for their digits, whatever stands between them.
 */
const cards = someCards();
const noCards = someNoCards();
/** All of them in one text, each with words around it. */
const all = cards.map(({ text }) => `the card ${text} of somebody`).join('; ');
/** Shorter ones are amounts. */
const asNumbers = cards.flatMap(({ number }) => (/^\d{15,16}$/.test(number) ? [Number(number)] : []));
let at = 0;
const next = {
  /** Short enough for a name. */
  text: () => `N ${cards[at++ % cards.length]?.text ?? ''}`,
  number: () => asNumbers[at++ % asNumbers.length] ?? 0,
};

let model: PuppetModel;
let sandbox: SandboxProgram;
let mail: MailServer;
let peer: Server;
let purser: Purser;
let stripe: Stripe;
let agentId: string;
let connectionId: string;
const webhookSecret = 'whsec_card_numbers_test_0001';

beforeAll(async () => {
  [model, sandbox, mail, peer] = await Promise.all([
    startPuppetModel(),
    startSandbox(),
    startMailServer(),
    startPeer(),
  ]);
  purser = await startPurser({
    ...model.settings,
    PURSER_SANDBOX_PORT: '0',
    PURSER_LOG_LEVEL: 'debug',
    SMTP_URL: mail.url,
    MAIL_FROM: 'purser@example.com',
  });
  const apiKey = freshKey();
  stripe = stripeAt(sandbox.url, apiKey);
  agentId = (await purser.api<Agent>('POST', '/api/agents', { name: 'Desk' })).body.id;
  connectionId = await connect({ type: 'stripe', credentials: { apiKey }, baseUrl: sandbox.url });
  const { port } = peer.address() as AddressInfo;
  await connect({ type: 'mcp', credentials: { prefix: 'peer', url: `http://127.0.0.1:${port}/mcp` } });
}, 90_000);
afterAll(async () => {
  await purser?.remove();
  await sandbox?.stop();
  await mail?.close();
  await model?.close();
  peer?.closeAllConnections();
  await new Promise((resolve) => peer?.close(resolve) ?? resolve(null));
});

/** Another's MCP server, which says card numbers in its descriptions, answers and refusals. */
async function startPeer(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    const mcp = new McpServer({ name: `Peer ${next.text()}`, version: '1' });
    mcp.registerTool('look_up', { description: all.slice(0, 900) }, () => ({
      content: [{ type: 'text', text: all }],
      structuredContent: { cards: asNumbers, [next.text()]: cards.map(({ text }) => text) },
    }));
    mcp.registerTool('refuse', { description: 'Refuses.' }, () => ({
      ...{ isError: true, content: [{ type: 'text', text: all }] },
    }));
    await mcp.connect(transport as Transport);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** @returns the connection, which the agent may do everything on */
async function connect(body: object): Promise<string> {
  const { id } = (await purser.api<Connection>('POST', '/api/connections', body)).body;
  const effects = { write: 'allow', money: 'allow', destructive: 'allow', outbound: 'allow' };
  const path = `/api/agents/${agentId}/connections/${id}`;
  expect((await purser.api('PUT', path, { policy: { effects } })).status).toBe(200);
  return id;
}

async function say(text: string): Promise<string> {
  const { id } = (await purser.api<Thread>('POST', '/api/threads', { agentId })).body;
  const answer = await purser.api('POST', `/api/threads/${id}/messages?wait=true`, { text });
  expect(answer.status).toBe(200);
  return answer.text;
}

async function throughChat(): Promise<void> {
  await say(all);
  await say(noCards.join(' and '));
  for (const { text } of cards.slice(0, 12)) await say(text);
  await say('peer_look_up {}');
  await say('peer_refuse {}');
  // A model that makes numbers up: nothing with them leaves.
  model.override = ({ answered }) =>
    answered === 0
      ? {
          calls: [
            { id: 'c1', name: 'send_message', input: { to: 'ann@example.com', subject: 'Card', body: all } },
            { id: 'c2', name: 'create_customer', input: { name: 'Ann', description: cards[0]?.text } },
            { id: 'c3', name: 'peer_look_up', input: { query: all } },
          ],
        }
      : undefined;
  await say('Write to ann@example.com and keep her as a customer.');
  model.override = () => undefined;
}

async function throughStripe(): Promise<void> {
  await purser.api('PUT', `/api/connections/${connectionId}/webhook`, { secrets: [webhookSecret] });
  await purser.api('POST', '/api/tasks', {
    ...{ agentId, name: 'Look', prompt: 'get_event {}' },
    trigger: { type: 'event', event: 'customer.updated' },
  });
  const metadata = Object.fromEntries(cards.slice(0, 30).map(({ text }, place) => [`k${place}`, text]));
  const customer = await stripe.customers.create({
    ...{ name: next.text(), description: all.slice(0, 350), email: 'bob@example.com', metadata },
  });
  await say('list_customers {"email":"bob@example.com"}');
  await say(`get_customer {"customer":"${customer.id}"}`);
  const [event] = (await stripe.events.list({ limit: 1 })).data;
  const updated = { ...event, id: 'evt_Cards0000001', type: 'customer.updated' };
  const payload = JSON.stringify({ ...updated, data: { object: { ...customer, numbers: asNumbers } } });
  const signature = stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret });
  const told = await purser.api('POST', `/webhooks/stripe/${connectionId}`, payload, {
    token: null,
    headers: { 'stripe-signature': signature },
  });
  expect(told.status).toBe(200);
  await eventually('the task has run', async () =>
    (await purser.api<Page<object>>('GET', '/api/threads')).text.includes('"Look"'),
  );
}

async function throughKnowledge(): Promise<void> {
  const form = new FormData();
  const file = (name: string, content: string | Buffer<ArrayBuffer>) =>
    form.append('file', new File([content], name));
  const rows = cards.map(({ text }) => `"${text.replaceAll('"', '""')}",somebody`);
  file(
    `${next.text().replace(/[\n"]/g, ' ')}.pdf`,
    Buffer.from(pdfWith([all.replace(/[^ -~]/g, ' '), 'Second page'])),
  );
  file('list.csv', ['card,name', ...rows].join('\n'));
  file('page.html', `<table>${cards.map(({ text }) => `<td>${text}</td><td>x</td>`).join('')}</table>`);
  file('notes.md', `# ${next.text()}\n\n${cards.map(({ text }) => `- ${text} is one`).join('\n')}`);
  const sent = await fetch(`${purser.url}/api/agents/${agentId}/knowledge`, {
    method: 'POST',
    headers: { authorization: `Bearer ${purser.token}` },
    body: form,
  });
  expect(sent.status).toBe(201);
  await say('search_knowledge {"query":"card of somebody"}');
}

async function throughMcp(): Promise<void> {
  const client = new Client({ name: next.text(), version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${purser.token}` } };
  const address = new URL(`/mcp/${agentId}`, purser.url);
  await client.connect(new StreamableHTTPClientTransport(address, { requestInit }) as Transport);
  for (const input of [{ name: next.text() }, { email: all.slice(0, 200) }, { [next.text()]: 1 }])
    await client.callTool({ name: 'create_customer', arguments: input });
  await client.callTool({ name: 'list_customers', arguments: { email: next.text() } });
  await client.close();
}

/** Every operation of the API, with every field that is free filled. */
async function throughApi(): Promise<void> {
  type Operation = { requestBody?: { content: Record<string, { schema: JsonSchema }> } };
  const { body } = await purser.api<{ paths: Record<string, Record<string, Operation>> }>(
    'GET',
    '/api/openapi.json',
  );
  const ids = new Map<string, string>();
  for (const list of ['agents', 'connections', 'threads', 'tasks', 'approvals']) {
    const { data } = (await purser.api<Page<{ id: string }>>('GET', `/api/${list}`)).body;
    ids.set(list, data[0]?.id ?? 'none');
  }
  let taken = 0;
  for (const [path, methods] of Object.entries(body.paths)) {
    const list = path.split('/')[2] ?? '';
    const real = path.replace('{id}', ids.get(list) ?? 'none').replace('{connectionId}', connectionId);
    const where = real.replaceAll(/\{\w+\}/g, () => encodeURIComponent(next.text()));
    for (const [method, { requestBody }] of Object.entries(methods)) {
      const schema = requestBody?.content['application/json']?.schema;
      if (/live|wait/.test(path) || method === 'delete') continue;
      const sent = schema && filled(schema, next);
      const query = `?q=${encodeURIComponent(next.text())}&cursor=${encodeURIComponent(next.text())}`;
      const options = { headers: { 'user-agent': next.text().replace(/[^ -~]/g, ''), 'x-note': '1' } };
      const target = method === 'get' ? where + query : where;
      const { status } = await purser.api(method.toUpperCase() as Method, target, sent, options);
      if (status < 300 && sent) taken += 1;
    }
  }
  // What fields ask for is not always guessed; that some are taken shows that it is tried at all.
  expect(taken).toBeGreaterThan(5);
}

async function throughForms(): Promise<void> {
  const agent = { name: next.text(), instructions: all.slice(0, 4_000), description: all.slice(0, 400) };
  expect((await purser.api('POST', '/api/agents', agent)).status).toBe(201);
  expect((await purser.api('PATCH', `/api/agents/${agentId}`, { instructions: all })).status).toBe(200);
  const task = {
    agentId,
    name: next.text(),
    prompt: all,
    trigger: { type: 'event', event: 'price.created' },
  };
  expect((await purser.api('POST', '/api/tasks', task)).status).toBe(201);
  const document = { name: next.text(), text: all, kind: 'markdown' };
  expect((await purser.api('POST', `/api/agents/${agentId}/knowledge`, document)).status).toBe(201);
  const invited = await purser.api('POST', '/api/invitations', { email: 'eve@example.com' });
  expect(invited.status).toBe(201);
  const link = (mail.received.at(-1) ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
  const open = { token: null, headers: { 'user-agent': `Browser ${cards[0]?.text}` } };
  const token = /\/join#([\w-]+)/.exec(link)?.[1];
  const joining = { token, name: next.text(), password: 'correct horse battery' };
  expect((await purser.api('POST', '/api/invitations/accept', joining, open)).status).toBe(200);
  for (const { text } of cards.slice(0, 12)) {
    const wrong = { email: text, password: text };
    await purser.api('POST', '/api/sign-in/password', wrong, open);
    await purser.api('GET', `/${encodeURIComponent(text)}`);
    await purser.api('GET', `/api/agents/${agentId}/knowledge?q=${encodeURIComponent(text)}`);
  }
}

it('no card number is in any file, row, log, mail or answer, nor told to a model', async () => {
  await throughChat();
  await throughStripe();
  await throughKnowledge();
  await throughMcp();
  await throughForms();
  await throughApi();
  const places: Place[] = [
    ...(await readBack(purser)),
    await everyRow(purser),
    ['the log', purser.output()],
    ['what a model was sent', JSON.stringify(model.steps)],
    ['mail', mail.received.join('\n')],
  ];
  expect(await purser.stop()).toBe(0);
  const searched = [
    ...places.map(([where, text]) => [where, digitsOf(text), text] as const),
    // Bytes, in which there are no escapes and no other scripts to see.
    ...(await everyFile(purser)).map(([where, text]) => [where, text.replaceAll(/\D+/g, ''), text] as const),
  ];
  const found = searched.flatMap(([where, digits, text]) =>
    cards
      .filter(({ number }) => digits.includes(number))
      .map((card) => `${JSON.stringify(card)} in ${where}: ${around(text, card.number)}`),
  );
  expect(found).toEqual([]);
  // Numbers that are none stay as they were, or nothing above would mean anything.
  const heard = searched.find(([where]) => where === 'what a model was sent')?.[1] ?? '';
  expect(noCards.filter((number) => !heard.includes(number))).toEqual([]);
  expect(noCards.length).toBeGreaterThan(2);
}, 120_000);

/** Where in a text a number stands, for whoever has to find out why. */
function around(text: string, number: string): string {
  const spread = new RegExp([...number].join('\\D{0,9}')).exec(text);
  return spread ? text.slice(Math.max(0, spread.index - 200), spread.index + 60) : '';
}
