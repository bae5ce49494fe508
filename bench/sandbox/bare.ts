/**
 * The yardstick: `node:http` and nothing else. It reads the body and answers the text that it was given, so it costs what
 * every Node server costs before it does anything. `PUT /` sets that text.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

let answer = '{}';
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    if (request.method === 'PUT') answer = body;
    const length = Buffer.byteLength(answer);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`ready at http://127.0.0.1:${port}`);
});
