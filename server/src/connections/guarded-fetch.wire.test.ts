import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reachable } from './base-url.ts';
import { createGuardedFetch } from './guarded-fetch.ts';

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

  test.each([
    'http://10.0.0.1/',
    'https://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data',
    'https://[fd00::1]/',
    'https://[::ffff:10.0.0.1]/',
    'http://0.0.0.0/',
    'http://93.184.216.34/',
    'file:///etc/passwd',
  ])('%s is not reached', async (address) => {
    await expect(guarded(address)).rejects.toThrow('is not reached');
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
