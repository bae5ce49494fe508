import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

/** Runs a sandbox in a process of its own until it is killed. */
async function sandboxProcess(dataDir: string) {
  const program = `
    import { createSandbox } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const { port } = await createSandbox({ dataDir: ${JSON.stringify(dataDir)} }).listen({ port: 0 });
    console.log(port);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve) =>
    child.stdout.once('data', (line: Buffer) => resolve(Number(line.toString()))),
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    port,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

test('killed with webhooks under way and waiting, it delivers them after the start, asked by nobody', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-webhooks-'));
  const arrived = Promise.withResolvers<void>();
  // Holds the connection and never answers: the delivery is under way when the process dies.
  const hanging = createServer(() => arrived.resolve());
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/`;

  const running = await sandboxProcess(dataDir);
  const { port } = running;
  const stripe = new Stripe('sk_test_crash', { host: '127.0.0.1', port, protocol: 'http', telemetry: false });
  const { secret = '' } = await stripe.webhookEndpoints.create({ url, enabled_events: ['customer.created'] });
  const names = Array.from({ length: 20 }, (_, at) => `Customer ${at}`);
  for (const name of names) await stripe.customers.create({ name });
  await arrived.promise;
  await running.kill();
  hanging.close();
  hanging.closeAllConnections();

  const received: string[] = [];
  const again = createSandbox({
    dataDir,
    async receiveWebhook(request) {
      const body = await request.text();
      const event = stripe.webhooks.constructEvent(
        body,
        request.headers.get('stripe-signature') ?? '',
        secret,
      );
      received.push(String((event.data.object as Stripe.Customer).name));
      return new Response();
    },
  });
  await again.delivered();
  expect(received.sort()).toEqual(names.sort());
  await again.close();
  await rm(dataDir, { recursive: true });
});
