import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createInFlight } from './in-flight.ts';
import { type ListenOptions, startServer } from './server.ts';
import { selfSigned } from './testing-certificate.ts';

const app = new Hono();
app.get('/', (context) => context.text('hello'));
app.post('/', async (context) => context.text(`read ${(await context.req.text()).length}`));

let folder: string;
const certificate = selfSigned();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-tls-'));
  await writeFile(join(folder, 'cert.pem'), certificate.cert);
  await writeFile(join(folder, 'key.pem'), certificate.key);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: Partial<ListenOptions> = {}): Promise<number> {
  const server = await startServer(app.fetch, { port: 0, host: '127.0.0.1', ...options });
  closers.push(() => server.close(createInFlight()));
  return server.port;
}

/** What comes back for bytes that were sent, up to the end of the connection. */
function sent(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (part) => {
      answer += part;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const patience = { headersMs: 100, requestMs: 150, lookMs: 25 };
const head = 'POST / HTTP/1.1\r\nHost: localhost\r\n';

describe('a client that takes its time', () => {
  it.each([
    ['says nothing of its headers after the first', head],
    ['sends a body that does not end', `${head}Content-Length: 1000\r\n\r\nonly this`],
    ['sends chunks that do not end', `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n`],
  ])('is cut off when it %s', async (_what, bytes) => {
    const answer = await sent(await start({ patience }), bytes);
    expect(answer === '' || answer.startsWith('HTTP/1.1 408')).toBe(true);
  });
});

describe('headers that two servers could read differently', () => {
  it.each([
    ['two lengths', `${head}Content-Length: 4\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabcd`],
    [
      'a length and chunks',
      `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`,
    ],
    ['a header with a blank before its colon', `${head}Content-Length : 4\r\nConnection: close\r\n\r\nabcd`],
    ['a header that goes on in the next line', `${head}X-A: b\r\n c\r\nContent-Length: 0\r\n\tx: y\r\n\r\n`],
    [
      'chunks by another name',
      `${head}Transfer-Encoding: xchunked\r\nConnection: close\r\n\r\n4\r\nabcd\r\n0\r\n\r\n`,
    ],
    ['a bare line feed in a chunk', `${head}Transfer-Encoding: chunked\r\n\r\n4\nabcd\r\n0\r\n\r\n`],
  ])('are refused: %s', async (_what, bytes) => {
    const answer = await sent(await start({ patience }), bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(answer).not.toContain('read ');
  });
});

describe('TLS with given files', () => {
  const tls = () => ({ cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') });

  function handshake(port: number, options: object = {}): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connectTls({
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca: certificate.cert,
        ...options,
      });
      socket.once('secureConnect', () => resolve(socket));
      socket.once('error', reject);
    });
  }

  it('shakes hands by TLS 1.2 or newer with whoever trusts the certificate, and answers', async () => {
    const port = await start({ tls: tls() });
    const socket = await handshake(port);
    expect(socket.authorized).toBe(true);
    expect(socket.getProtocol()).toMatch(/^TLSv1\.[23]$/);
    const answer = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (part) => {
        text += part;
      });
      socket.on('end', () => resolve(text));
    });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200[\s\S]*hello/);
  });

  it('shakes no hands by what is too old, nor with whoever does not know the certificate', async () => {
    const port = await start({ tls: tls() });
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(handshake(port, old)).rejects.toThrow();
    await expect(handshake(port, { ca: selfSigned().cert })).rejects.toThrow(/self.signed|unable to verify/i);
  });

  it('tells a client without TLS nothing', async () => {
    const port = await start({ tls: tls() });
    expect(await sent(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').catch(() => '')).not.toContain(
      'hello',
    );
  });

  it('names the file that is not there, or does not fit', async () => {
    await expect(start({ tls: { ...tls(), key: '/nowhere/key.pem' } })).rejects.toThrow(
      'PURSER_TLS_KEY names /nowhere/key.pem, which cannot be read.',
    );
    const other = join(folder, 'other.pem');
    await writeFile(other, selfSigned().key);
    await expect(start({ tls: { ...tls(), key: other } })).rejects.toThrow(/key values mismatch/i);
  });
});
