import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHttpPost } from './post.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=1`;
}

const never = new AbortController().signal;
const webhook = (url: string) => ({ url, headers: { 'Stripe-Signature': 't=1' }, body: '{"name":"Zoë"}' });

test('a webhook arrives as it was made', async () => {
  let seen: IncomingMessage | undefined;
  let body = '';
  const url = await serve(async (request, response) => {
    seen = request;
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    response.end('thanks');
  });
  expect(await createHttpPost()(webhook(url), never)).toEqual({ status: 200, body: 'thanks' });
  expect(seen).toMatchObject({ method: 'POST', url: '/hook?a=1' });
  expect(seen?.headers).toMatchObject({ 'stripe-signature': 't=1', 'content-length': '15' });
  expect(body).toBe('{"name":"Zoë"}');
});

test('a redirect is an answer and is not followed', async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked++;
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(await createHttpPost()(webhook(url), never)).toMatchObject({ status: 302 });
  expect(asked).toBe(1);
});

test('of an endless answer only the beginning is read', async () => {
  const url = await serve((_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  });
  const { status, body } = await createHttpPost()(webhook(url), never);
  expect(status).toBe(200);
  expect(body).toHaveLength(4096);
});

test('an endpoint that does not answer is given up, and where nobody listens the reason is told', async () => {
  const silent = await serve(() => {});
  await expect(createHttpPost(20)(webhook(silent), never)).rejects.toThrow('Timed out after 0.02 seconds');
  const trickling = await serve((_request, response) => void response.writeHead(200).write('a'));
  await expect(createHttpPost(20)(webhook(trickling), never)).rejects.toThrow(/Timed out/);
  await expect(createHttpPost()(webhook('http://127.0.0.1:1/'), never)).rejects.toThrow(/ECONNREFUSED/);
});

test('stopping ends what is under way', async () => {
  const silent = await serve(() => {});
  const stopping = new AbortController();
  const post = createHttpPost()(webhook(silent), stopping.signal);
  stopping.abort();
  await expect(post).rejects.toThrow();
});
