import type { lookup } from 'node:dns';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reachable } from './base-url.ts';
import { createGuardedAgents, createGuardedFetch } from './guarded-fetch.ts';
import { createStripeClient } from './stripe/client.ts';
import { hostileUrls } from './testing-hostile-urls.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/away') return response.writeHead(302, { location: 'http://10.0.0.1/' }).end();
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      response.writeHead(201, {
        'content-type': 'application/json',
        'x-sent': request.headers['x-sent'] ?? '',
      });
      response.end(JSON.stringify({ method: request.method, said: Buffer.concat(parts).toString() }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const guarded = createGuardedFetch({ allowPrivateAddresses: false });
/** A name server that tells the next of its answers each time it is asked, and the last for ever. */
function nameServer(...answers: string[][]): typeof lookup {
  const tell = (_name: string, _options: unknown, done: (...answer: unknown[]) => void) => {
    const now = answers.length > 1 ? answers.shift() : answers[0];
    const found = (now ?? []).map((address) => ({ address, family: isIP(address) }));
    done(null, found);
  };
  return tell as typeof lookup;
}

describe('a fetch for addresses that people set', () => {
  test('sends method, headers and body and hands the answer on', async () => {
    const answer = await guarded(`${url}/x`, { method: 'POST', body: 'hé', headers: { 'x-sent': 'yes' } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-sent')).toBe('yes');
    expect(await answer.json()).toEqual({ method: 'POST', said: 'hé' });
  });

  test('follows no redirect', async () => {
    const answer = await guarded(`${url}/away`);
    expect(answer.status).toBe(302);
  });

  test.each(hostileUrls)('%s is not reached', async (address) => {
    await expect(guarded(address)).rejects.toThrow(/is not reached|Failed to parse URL|Invalid URL/);
  });

  test('an abort ends the request', async () => {
    await expect(guarded(url, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow();
  });

  test('only the setting opens private networks, and then also without https', () => {
    expect(reachable(['10.0.0.1'], false)).toBe('private');
    expect(reachable(['10.0.0.1'], true)).toBe('inside');
    expect(reachable(['93.184.216.34', '10.0.0.1'], false)).toBe('private');
    expect(reachable(['127.0.0.1', '::1'], false)).toBe('loopback');
  });
});

describe('a name that turns to another address (DNS rebinding)', () => {
  const rebinding = () => ({
    allowPrivateAddresses: false,
    resolve: nameServer(['127.0.0.1'], ['169.254.169.254']),
  });
  const at = (host: string) => url.replace('127.0.0.1', host);

  test('is judged anew for each request of fetch', async () => {
    const fetching = createGuardedFetch(rebinding());
    expect((await fetching(at('rebinding.example'))).status).toBe(201);
    await expect(fetching(at('again.example'))).rejects.toThrow('again.example is not reached');
  });

  test.each([
    ['names an inner address beside an outer one', ['93.184.216.34', '10.0.0.1']],
    ['names loopback beside an outer one', ['93.184.216.34', '127.0.0.1']],
    ['names an IPv6 address inside a network', ['fd00::1']],
    ['is an outer one, without TLS', ['93.184.216.34']],
  ])('is refused when it %s', async (_what, addresses) => {
    const fetching = createGuardedFetch({ allowPrivateAddresses: false, resolve: nameServer(addresses) });
    // A name of its own: a connection that was kept would be used again.
    const host = `${addresses.join('-').replaceAll(':', 'x')}.example`;
    await expect(fetching(at(host))).rejects.toThrow('is not reached');
  });

  test('is judged at every new connection of clients that make their own requests', async () => {
    const { http } = createGuardedAgents(rebinding());
    const ask = (host: string) =>
      new Promise((resolve, reject) => {
        request(at(host), { agent: http }, (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end();
      });
    expect(await ask('rebinding.example')).toBe(201);
    await expect(ask('again.example')).rejects.toThrow('again.example is not reached');
    http.destroy();
  });

  test('is refused by the Stripe client, before the key is sent', async () => {
    const heard: string[] = [];
    const stripe = createServer((asked, answer) => {
      heard.push(asked.headers.authorization ?? '');
      answer.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"balance"}');
    });
    await new Promise<void>((resolve) => stripe.listen(0, '127.0.0.1', resolve));
    const { port } = stripe.address() as AddressInfo;
    const clientFor = (...answers: string[][]) =>
      createStripeClient({
        ...{ apiKey: 'sk_test_rebinding00', baseUrl: `http://stripe.example:${port}`, maxNetworkRetries: 0 },
        agents: createGuardedAgents({ allowPrivateAddresses: false, resolve: nameServer(...answers) }),
      });
    expect(await clientFor(['127.0.0.1']).run((api) => api.balance.retrieve())).toMatchObject({ ok: true });
    const refused = await clientFor(['127.0.0.1', '10.0.0.1']).run((api) => api.balance.retrieve());
    expect(refused).toMatchObject({ ok: false });
    expect(heard).toHaveLength(1);
    await new Promise((resolve) => {
      stripe.closeAllConnections();
      stripe.close(resolve);
    });
  });
});
