import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../database/database.ts';
import { testDatabase } from '../../database/testing.ts';
import { newId } from '../../ids.ts';
import { createVault } from '../../secrets/vault.ts';
import type { WriteTool } from '../../tools/tool.ts';
import { consentTools } from './consent-tools.ts';
import { createConsents } from './consents.ts';
import { htmlOf } from './message.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createSmtp, type Transport } from './smtp.ts';
import { startMailServer } from './testing.ts';
import { mailTools } from './tools.ts';

let database: Database;
let now = new Date('2026-11-02T12:00:00Z');
const clock = { now: () => now };
const closers: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await database.db.deleteFrom('mails').execute();
});

const minutes = (count: number) => {
  now = new Date(now.getTime() + count * 60_000);
};
const mail = {
  to: 'dora@example.com',
  subject: 'Your payment',
  body: 'Dear Dora,\n\n**$25.00** was declined.',
};
const origin = (once = newId('op')) => ({ once, footer: 'Northwind' });

async function mailServer(refuse: Parameters<typeof startMailServer>[0] = {}) {
  const server = await startMailServer(refuse);
  closers.push(server.close);
  return server;
}

/** A server that hangs up at a chosen moment. */
async function rudeServer(hangsUpAt: 'greeting' | 'text'): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (hangsUpAt === 'greeting') return socket.destroy();
    socket.write('220 rude\r\n');
    let inText = false;
    socket.on('data', (chunk) => {
      const said = chunk.toString();
      if (inText) return socket.destroy();
      if (/^(EHLO|HELO)/.test(said)) return socket.write('250 rude\r\n');
      if (/^DATA/m.test(said)) {
        inText = true;
        return socket.write('354 go on\r\n');
      }
      return socket.write('250 ok\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

function outboxAt(url: string | null): Outbox {
  const transport: Transport | null = url === null ? null : createSmtp(url);
  closers.push(() => transport?.close());
  return createOutbox({ db: database.db, clock, transport, from: 'Northwind <billing@northwind.example>' });
}

describe('the outbox', () => {
  test('without a server mail is captured, once for each operation', async () => {
    const outbox = outboxAt(null);
    const first = await outbox.put(mail, origin('op_1'));
    const again = await outbox.put({ ...mail, subject: 'Other' }, origin('op_1'));
    expect(again).toEqual(first);
    expect(first).toMatchObject({
      to: 'dora@example.com',
      state: 'captured',
      html: expect.stringContaining('<strong>$25.00</strong>'),
    });
    expect(await outbox.deliver()).toBe(0);
  });

  test('with a server it is sent exactly once, with text, HTML and an id of its own, by many instances at a time', async () => {
    const server = await mailServer();
    const instances = [1, 2, 3].map(() => outboxAt(server.url));
    const [outbox] = instances as [Outbox];
    for (let n = 0; n < 12; n += 1) await outbox.put({ ...mail, to: `c${n}@example.com` }, origin());
    await Promise.all(instances.map((each) => each.deliver()));
    expect(server.received).toHaveLength(12);
    expect(new Set(server.received.map((text) => /^Message-ID: (.*)$/im.exec(text)?.[1])).size).toBe(12);
    expect(server.received[0]).toMatch(/^From: Northwind <billing@northwind\.example>$/m);
    expect(server.received[0]).toContain('text/html');
    const states = (await outbox.list({}, { limit: 50 })).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['sent']));
  });

  test('a server that is away is tried again, later each time, and nothing is lost', async () => {
    const server = await mailServer();
    await server.close();
    const outbox = outboxAt(server.url);
    const { id } = await outbox.put(mail, origin());
    expect(await outbox.deliver()).toBe(1);
    expect(await outbox.get(id)).toMatchObject({
      state: 'queued',
      attempts: 1,
      problem: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await outbox.deliver()).toBe(0);
    minutes(1);
    expect(await outbox.deliver()).toBe(1);
    for (const wait of [5, 15, 60, 180, 720, 1440, 1440]) {
      minutes(wait);
      await outbox.deliver();
    }
    expect(await outbox.get(id)).toMatchObject({ state: 'failed', attempts: 9 });
    expect(await outbox.resend(id)).toMatchObject({ state: 'queued' });
    await expect(outbox.resend(id)).rejects.toMatchObject({ status: 409 });
  });

  test('a mailbox that does not exist ends it; one that is full does not', async () => {
    const server = await mailServer({ rcpt: { 'gone@example.com': 550, 'full@example.com': 452 } });
    const outbox = outboxAt(server.url);
    const gone = await outbox.put({ ...mail, to: 'gone@example.com' }, origin());
    const full = await outbox.put({ ...mail, to: 'full@example.com' }, origin());
    await outbox.deliver();
    expect(await outbox.get(gone.id)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('No such mailbox'),
    });
    expect(await outbox.get(full.id)).toMatchObject({ state: 'queued' });
    expect(server.received).toEqual([]);
  });

  test('who hangs up before the text is tried again; who hangs up after it, is not', async () => {
    const early = outboxAt(await rudeServer('greeting'));
    const first = await early.put(mail, origin());
    await early.deliver();
    expect(await early.get(first.id)).toMatchObject({ state: 'queued' });
    const late = outboxAt(await rudeServer('text'));
    const second = await late.put(mail, origin());
    await late.deliver();
    expect(await late.get(second.id)).toMatchObject({ state: 'unknown' });
  });

  test('what was being sent when its process died is not sent again by itself', async () => {
    const server = await mailServer();
    const outbox = outboxAt(server.url);
    const { id } = await outbox.put(mail, origin());
    const lease = new Date(now.getTime() + 60_000);
    await database.db
      .updateTable('mails')
      .set({ state: 'sending', next_attempt_at: lease })
      .where('id', '=', id)
      .execute();
    await outbox.deliver();
    expect(await outbox.get(id)).toMatchObject({ state: 'sending' });
    minutes(2);
    await outbox.deliver();
    expect(await outbox.get(id)).toMatchObject({ state: 'unknown' });
    expect(server.received).toEqual([]);
    await outbox.resend(id);
    await outbox.deliver();
    expect(server.received).toHaveLength(1);
  });
});

test('what somebody wrote into a mail stays text', () => {
  const hostile =
    '<script>alert(1)</script> ![x](https://evil.example/p.png) [y](javascript:alert(1)) <b>bold</b>';
  const html = htmlOf({ subject: '</title><script>', body: hostile }, '<img src=x>');
  expect(html).not.toMatch(/<script|<img|href="javascript|<b>/);
});

describe('mail that needs consent', () => {
  const connection = async () => {
    const id = newId('con');
    await database.db
      .insertInto('connections')
      .values({
        ...{
          id,
          type: 'stripe',
          name: 'N',
          mode: 'test',
          account_id: id,
          account: '{}',
          credentials: Buffer.alloc(1),
        },
        ...{ key_last4: '1234', key_fingerprint: id, key_kind: 'secret' },
      })
      .execute();
    return id;
  };
  const consentsAt = (publicUrl: string | null) =>
    createConsents({
      db: database.db,
      clock,
      publicUrl,
      vault: createVault({ masterKey: Buffer.alloc(32, 7) }),
    });
  const olga = { type: 'person', id: 'usr_1', name: 'Olga' } as const;

  async function prepare(publicUrl: string | null = 'https://purser.example.com') {
    const server = await mailServer();
    const transport = createSmtp(server.url);
    closers.push(() => transport.close());
    const consents = consentsAt(publicUrl);
    const outbox = createOutbox({
      db: database.db,
      clock,
      transport,
      consents,
      from: 'N <n@northwind.example>',
    });
    const connectionId = await connection();
    const [send] = consentTools({
      outbox,
      consents,
      connectionId,
      account: { id: 'a', name: 'N', country: null, defaultCurrency: null },
    });
    if (!send || send.effect === 'read') throw new Error('There is no tool to send with.');
    const say = (given: boolean) =>
      consents.record({ connectionId, address: 'Dora@example.com', given, how: 'At sign-up' }, olga);
    const put = async () => {
      const { sealed } = await send.plan(mail, {});
      const message = sealed as { to: string; subject: string; body: string; unsubscribe: string };
      return outbox.put(message, { ...origin(), connectionId });
    };
    return { server, outbox, consents, connectionId, say, put };
  }

  test('goes to nobody who did not say yes, nor where nobody could unsubscribe', async () => {
    const { put, say } = await prepare();
    await expect(put()).rejects.toMatchObject({ code: 'no_consent' });
    await say(true);
    await say(false);
    await expect(put()).rejects.toMatchObject({ code: 'no_consent' });
    const private_ = await prepare(null);
    await private_.say(true);
    await expect(private_.put()).rejects.toMatchObject({ code: 'no_public_url' });
  });

  test('carries a sealed link and one click to unsubscribe, which other mail does not', async () => {
    const { server, outbox, consents, connectionId, say, put } = await prepare();
    await say(true);
    await put();
    await outbox.put(mail, origin());
    await outbox.deliver();
    const [news, own] = server.received.toSorted(
      (a, b) => Number(b.includes('List-Unsub')) - Number(a.includes('List-Unsub')),
    );
    const link = consents.linkFor(connectionId, 'dora@example.com') ?? '';
    const unfolded = (news ?? '')
      .replace(/:?\r?\n\s+/g, ':')
      .replace('List-Unsubscribe: <', 'List-Unsubscribe:<');
    expect(unfolded).toContain(`List-Unsubscribe:<${link}>`);
    expect(news).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
    expect(own).not.toContain('nsubscribe');
    const token = link.split('/').at(-1) ?? '';
    expect(consents.read(token)).toEqual({ connectionId, address: 'dora@example.com' });
    // The same in every mail, and nobody is named in it.
    expect(consents.linkFor(connectionId, 'Dora@Example.com')).toBe(link);
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toMatch(/dora|example/i);
    expect(consentsAt(null).read(token)).not.toBeNull();
    const other = createVault({ masterKey: Buffer.alloc(32, 8) });
    const elsewhere = createConsents({ db: database.db, clock, publicUrl: null, vault: other });
    expect(elsewhere.read(token)).toBeNull();
  });

  test('a link that was changed anywhere, cut or added to, or written otherwise, is none', async () => {
    const { consents, connectionId } = await prepare();
    const token = (consents.linkFor(connectionId, 'dora@example.com') ?? '').split('/').at(-1) ?? '';
    const bytes = Buffer.from(token, 'base64url');
    const changed = [...bytes.keys()].map((at) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy.toString('base64url');
    });
    const cut = [...token].map((_, length) => token.slice(0, length));
    for (const bad of [
      ...changed,
      ...cut,
      `${token}a`,
      `${token}=`,
      `${token}.x`,
      `%20${token}`,
      ` ${token}`,
    ])
      expect(consents.read(bad)).toBeNull();
  });

  test('that waits does not leave once they unsubscribed', async () => {
    const { server, outbox, say, put } = await prepare();
    await say(true);
    await put();
    await say(false);
    await outbox.deliver();
    expect(server.received).toEqual([]);
    expect(await outbox.list({}, { limit: 5 })).toMatchObject([
      { state: 'failed', needsConsent: true, bounced: false },
    ]);
  });
});

describe('the mail tools', () => {
  const account = { id: 'acct_1', name: 'Northwind', country: null, defaultCurrency: null };
  const tool = (outbox: Outbox) => {
    const [send] = mailTools({ outbox, account, connectionId: 'con_1' });
    if (!send || send.effect === 'read') throw new Error('There is no tool to send with.');
    return send as WriteTool<unknown>;
  };

  test('show the whole text before it goes, and refuse card numbers, several addresses and second lines', async () => {
    const send = tool(outboxAt(null));
    const { preview } = await send.plan(mail, {});
    expect(preview.summary).toBe('Mail dora@example.com: “Your payment”');
    expect(preview.facts).toContainEqual({ label: 'Text', value: mail.body });
    await expect(send.plan({ ...mail, body: 'Card 4111 1111 1111 1111' }, {})).rejects.toMatchObject({
      code: 'card_number_refused',
    });
    for (const bad of [
      { to: 'a@example.com, b@example.com' },
      { to: 'nobody' },
      { subject: 'a\r\nBcc: x@example.com' },
    ])
      expect(send.input.safeParse({ ...mail, ...bad }).success).toBe(false);
  });
});
