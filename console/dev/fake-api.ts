import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { approvals } from './fake-approvals.ts';
import { missing, type World } from './fake-route.ts';
import { routes } from './fake-routes.ts';
import { threads } from './fake-threads.ts';

/**
 * The console's build with a made-up API behind it, in memory. For looking at screens and for browser tests; started
 * alone: `node console/dev/fake-api.ts`.
 */
export interface FakeApi {
  url: string;
  close(): Promise<void>;
}

const nonce = 'a-nonce-for-looking-at-screens';
const csp = `default-src 'self'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'`;
const contentTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

function live(world: World, query: URLSearchParams, response: ServerResponse) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  world.watchers.add(response);
  response.on('close', () => world.watchers.delete(response));
  const thread = world.threads.find((each) => each.id === query.get('thread'));
  response.write(thread ? `event: thread\ndata: ${JSON.stringify({ thread })}\n\n` : ': open\n\n');
}

async function serveApi(world: World, url: URL, request: IncomingMessage, response: ServerResponse) {
  const path = url.pathname.slice('/api'.length);
  if (path === '/live') return live(world, url.searchParams, response);
  const body = await readBody(request);
  for (const [method, pattern, handle] of routes) {
    const match = method === request.method ? pattern.exec(path) : null;
    if (!match) continue;
    const { status = 200, body: answered } = handle({ world, match, body, query: url.searchParams });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(answered === null ? undefined : JSON.stringify(answered));
    return;
  }
  response.writeHead(404, { 'content-type': 'application/problem+json' }).end(JSON.stringify(missing.body));
}

const dist = join(import.meta.dirname, '..', 'dist');

function serveFile(url: URL, response: ServerResponse) {
  const asked = join(dist, url.pathname);
  const file =
    extname(asked) && asked.startsWith(dist) && existsSync(asked) ? asked : join(dist, 'index.html');
  response.writeHead(200, {
    'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': csp,
  });
  if (!file.endsWith('.html')) return createReadStream(file).pipe(response);
  const page = readFileSync(file, 'utf8');
  response.end(page.replace('<script src="/theme.js"', `$& nonce="${nonce}"`));
}

/** Serves the built console. `port` 0 takes a free one. */
export async function startFakeApi(options: { port?: number; signedIn?: boolean } = {}): Promise<FakeApi> {
  const world: World = {
    threads: structuredClone(threads),
    halts: [],
    approvals: structuredClone(approvals),
    watchers: new Set(),
    signedIn: options.signedIn ?? true,
    nextId: 0,
  };
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith('/api/')) void serveApi(world, url, request, response);
    else serveFile(url, response);
  });
  await new Promise<void>((ready) => server.listen(options.port ?? 0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

if (import.meta.main) console.log((await startFakeApi({ port: Number(process.env.PORT ?? 4300) })).url);
