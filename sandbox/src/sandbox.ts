import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { Account } from './account.ts';
import { demoAccountId } from './accounts.ts';
import { addAuthenticationPage } from './authentication.ts';
import { type Clock, systemClock } from './clock.ts';
import { addControlRoutes, type SeedName } from './control.ts';
import { createDirectory, secrets } from './directory.ts';
import { pruneEvents } from './events.ts';
import { createFaults } from './faults.ts';
import { createRateLimits } from './limits.ts';
import { createRequestHandler, failure, type Log, newRequest, unrecognized } from './requests.ts';
import { expansionsOf, registryOf, resources } from './resources.ts';
import { seedDemo } from './seeds/demo.ts';
import { createPlayer } from './seeds/player.ts';
import { seedMarks } from './seeds/seed.ts';
import { lockFolder } from './store/lock.ts';
import { pruneAnswers, rememberedAnswers } from './wire/idempotency.ts';

export interface SandboxOptions {
  /** Where state is kept; null or absent keeps it in memory only. */
  readonly dataDir?: string | null;
  /** Whether the demo account starts with a year of business. Default `empty`. */
  readonly seed?: SeedName;
  readonly clock?: Clock;
  /** For each account; absent: unlimited. `POST /_sandbox/limits` sets it for one. */
  readonly requestsPerSecond?: number;
  readonly log?: Log;
}

export interface Sandbox {
  /** Answers one request in process; also what `Stripe.createFetchHttpClient` takes. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /** Listens on a port (0 for a free one). Default host 127.0.0.1. */
  listen(options: { port: number; host?: string }): Promise<{ url: string; port: number }>;
  /** Stops listening and makes everything durable. */
  close(): Promise<void>;
}

/** How often accounts that nobody calls are looked after, in milliseconds. */
const tickMs = 1000;

/** A Stripe account simulator: `/v1` as Stripe speaks it, `/_sandbox` to control it. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { clock = systemClock, seed = 'empty', log = () => {} } = options;
  const expansions = expansionsOf(resources);
  const routes = resources.flatMap((resource) => resource.routes ?? []);
  const faults = createFaults();
  const limits = createRateLimits(options.requestsPerSecond ?? null, () => clock.now());
  const unlock = options.dataDir ? lockFolder(options.dataDir) : () => {};
  let origin = 'http://127.0.0.1:12111';
  const directory = createDirectory({
    dataDir: options.dataDir ?? null,
    registry: registryOf(resources),
    clock,
    log,
    origin: () => origin,
    prepare,
  });

  async function prepare(account: Account): Promise<void> {
    forgetOld(account);
    await account.tidy();
    // Marked from the first opening on, so that a later start with another seed never wipes what was made since.
    if (account.id === demoAccountId && account.of(seedMarks).size === 0) await reset(account, seed);
  }

  async function reset(account: Account, name: SeedName): Promise<void> {
    await account.clear([secrets]);
    try {
      if (name === 'demo') await seedDemo(account, createPlayer(account, routes, expansions));
    } finally {
      account.release();
    }
    account.transact(() => account.of(seedMarks).put({ id: 'seed', name }));
    forgetOld(account);
    await account.tidy();
    await account.flush();
  }

  function lookAfter(account: Account): void {
    account.advanceTo(account.now());
  }

  const app = new Hono();
  const serve = createRequestHandler({ directory, faults, limits, routes, expansions, lookAfter, log });
  for (const route of routes) app.on(route.method, route.path, serve(route));
  addAuthenticationPage(app, directory);
  addControlRoutes(app, {
    directory,
    faults,
    limits,
    reset,
    describe: () => ({ name: 'purser-sandbox', endpoints: routes.length }),
  });
  app.notFound((context) => failure(unrecognized(context.req.method, context.req.path), newRequest(), log));
  app.onError((error) => failure(error, newRequest(), log));

  const timer = setInterval(() => {
    for (const account of directory.opened()) {
      lookAfter(account);
      forgetOld(account);
      account
        .flush()
        .catch((cause: unknown) => log(`The state of ${account.id} could not be written`, cause));
    }
  }, tickMs);
  timer.unref();

  let listening: ReturnType<typeof createAdaptorServer> | null = null;
  return {
    fetch: async (input, init) =>
      app.fetch(input instanceof Request && !init ? input : new Request(input, init)),
    listen: ({ port, host = '127.0.0.1' }) =>
      new Promise((resolve, reject) => {
        const made = createAdaptorServer({ fetch: app.fetch });
        made.once('error', reject);
        made.listen(port, host, () => {
          listening = made;
          if (seed === 'demo')
            directory
              .open(demoAccountId, false)
              .catch((cause: unknown) => log('The demo account could not be opened', cause));
          const address = made.address();
          const bound = typeof address === 'object' && address ? address.port : port;
          origin = `http://${host}:${bound}`;
          resolve({ url: origin, port: bound });
        });
      }),
    async close() {
      clearInterval(timer);
      const made = listening;
      listening = null;
      if (made) {
        await new Promise<void>((resolve) => {
          made.close(() => resolve());
          if ('closeAllConnections' in made) made.closeAllConnections();
        });
      }
      await directory.close();
      unlock();
    },
  };
}

/** What Stripe no longer answers: events after 30 days, idempotency keys after one. */
function forgetOld(account: Account): void {
  pruneEvents(account);
  pruneAnswers(account.of(rememberedAnswers), account.now());
}
