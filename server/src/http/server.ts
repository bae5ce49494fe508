import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import type { InFlight } from './in-flight.ts';

export interface ListenOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** A name or address. */
  readonly host: string;
  /** PEM files: the chain, leaf first, and its key. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly patience?: Patience;
}

/** How long a client may take to send something. Answers may take as long as they like: turns are watched for hours. */
interface Patience {
  readonly headersMs: number;
  /** Headers and body together. */
  readonly requestMs: number;
  /** How often it is looked. */
  readonly lookMs: number;
}

/** An upload of 20 MB at 1.5 Mbit a second takes two minutes. */
const usual: Patience = { headersMs: 15_000, requestMs: 120_000, lookMs: 5_000 };
/** When Purser stops, requests under way have so long to be answered, and answers so long to leave. */
const answeredWithinMs = 5_000;
const flushMs = 50;

/**
 * Listens. Whoever sends a request too slowly (slow loris) is cut off with 408, so that nobody holds connections for
 * nothing. @throws Error naming the file that cannot be read, or the port that is taken
 */
export async function startServer(
  fetch: Parameters<typeof createAdaptorServer>[0]['fetch'],
  { port, host, tls, patience = usual }: ListenOptions,
): Promise<{ port: number; close(inFlight: InFlight): Promise<void> }> {
  const limits = {
    headersTimeout: patience.headersMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: patience.lookMs,
  };
  const server = createAdaptorServer(
    tls
      ? { fetch, createServer: createTlsServer, serverOptions: { ...limits, ...(await readTls(tls)) } }
      : { fetch, serverOptions: limits },
  ) as Server;
  return { port: await listen(server, port, host), close: (inFlight) => closeServer(server, inFlight) };
}

async function readTls(files: { cert: string; key: string }): Promise<{ cert: Buffer; key: Buffer }> {
  const read = (setting: string, file: string) =>
    readFile(file).catch((cause: unknown) => {
      throw new Error(`${setting} names ${file}, which cannot be read.`, { cause });
    });
  return { cert: await read('PURSER_TLS_CERT', files.cert), key: await read('PURSER_TLS_KEY', files.key) };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'something else is using it' : cause.message;
      reject(
        new Error(`Cannot listen on ${host}:${port}: ${why}. Set PURSER_PORT to a free port.`, { cause }),
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

async function closeServer(server: Server, inFlight: InFlight): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await inFlight.stop(answeredWithinMs);
  server.closeIdleConnections();
  await Promise.race([closed, sleep(flushMs)]);
  // Streams stay open as long as somebody watches; they come back to whoever is there then.
  server.closeAllConnections();
  await closed;
}
