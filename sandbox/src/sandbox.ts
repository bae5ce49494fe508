import { Hono } from 'hono';
import type { Account } from './account.ts';
import { demoAccountId } from './accounts.ts';
import { systemClock } from './clock.ts';
import { connectedAccount } from './connect/connected-account.ts';
import { addControlRoutes } from './control.ts';
import { createDirectory } from './directory.ts';
import { createFaults } from './faults.ts';
import { addFileLinks } from './files/download.ts';
import { addHostedPages } from './hosted-pages/pages.ts';
import { createLimiter, noLimits, stripeLimits } from './limits.ts';
import { type Api, createListener } from './listener.ts';
import type { Limits, Log, Sandbox, SandboxOptions } from './options.ts';
import { addPdfPages } from './pdf-pages.ts';
import { createRequestHandler, failure, newRequest, unrecognized } from './requests.ts';
import { expansionsOf, registryOf, resources } from './resources.ts';
import { createCaller, createPlayer } from './seeds/player.ts';
import { lockFolder } from './store/lock.ts';
import { finishAdvances } from './test-clocks/advance.ts';
import { forgetOld, lookAfter, prepare, reset } from './upkeep.ts';
import { createDeliverer } from './webhooks/deliverer.ts';
import { webhookEndpoints } from './webhooks/endpoint.ts';
import { createHttpPost, createLocalPost } from './webhooks/post.ts';
import { exchangeOf, toResponse } from './wire/exchange.ts';

/** Where Stripe's API is; everything else is the sandbox's own. */
const apiPath = /^\/v[12]\//;

/** How long Stripe waits for the answer to a question such as a real-time authorization. */
const questionMs = 2000;

/** How often accounts that nobody calls are looked after, in milliseconds. */
const tickMs = 1000;

/** A Stripe account simulator: `/v1` as Stripe speaks it, `/_sandbox` to control it. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { clock = systemClock, seed = 'empty', log = () => {} } = options;
  const expansions = expansionsOf(resources);
  const routes = resources.flatMap((resource) => resource.routes ?? []);
  const player = (account: Account) => createPlayer(account, routes, expansions);
  const unlock = options.dataDir ? lockFolder(options.dataDir) : () => {};
  const { receiveWebhook } = options;
  const posting = (limitMs?: number) =>
    receiveWebhook ? createLocalPost(receiveWebhook, limitMs) : createHttpPost(limitMs);
  const deliverer = createDeliverer({ post: posting(), postQuestion: posting(questionMs), clock, log });
  let origin = 'http://127.0.0.1:12111';
  const directory = createDirectory({
    dataDir: options.dataDir ?? null,
    registry: registryOf(resources),
    clock,
    log,
    origin: () => origin,
    changed: deliverer.wake,
    childOf: connectedAccount,
    prepare: (account) => prepare(account, seed, player(account)),
  });

  const app = new Hono();
  const faults = createFaults();
  const limits = createLimiter(standardLimits(options.limits), () => clock.now());
  const answer = createRequestHandler({
    directory,
    faults,
    limits,
    routes,
    expansions,
    lookAfter,
    finishAdvances,
    ask: deliverer.ask,
    log,
  });
  addFileLinks(app, directory);
  addHostedPages(app, directory, player);
  addPdfPages(app, directory);
  addControlRoutes(app, {
    permissions: new Set(routes.map(({ permission }) => permission)),
    directory,
    faults,
    limits,
    call: createCaller(routes, expansions),
    reset: (account, name) => reset(account, name, player(account)),
    describe: () => ({ name: 'purser-sandbox', endpoints: routes.length }),
  });
  const refuse = (error: unknown, path = '') => failure(error, newRequest(path), log);
  app.notFound(({ req }) => toResponse(refuse(unrecognized(req.method, req.path), req.path)));
  app.onError((error, { req }) => toResponse(refuse(error, req.path)));
  const api: Api = (exchange) => (apiPath.test(exchange.path) ? answer(exchange) : null);

  const resumed = directory
    .resume(webhookEndpoints.name)
    .catch((cause: unknown) => log('Webhooks of accounts on disk could not be taken up again', cause));
  const listener = createListener({ api, pages: app.fetch, refuse });
  const timer = keepUp(directory, log);
  return {
    async fetch(input, init) {
      const request = input instanceof Request && !init ? input : new Request(input, init);
      const answered = api(exchangeOf(request));
      return answered ? toResponse(await answered) : app.fetch(request);
    },
    async listen({ port, host = '127.0.0.1' }) {
      const bound = await listener.listen(port, host);
      origin = bound.url;
      if (seed === 'demo') {
        const opening = directory.open(demoAccountId, false);
        opening.catch((cause: unknown) => log('The demo account could not be opened', cause));
      }
      return bound;
    },
    async delivered() {
      await resumed;
      for (const account of directory.opened()) {
        lookAfter(account);
        deliverer.wake(account);
      }
      await deliverer.settled();
    },
    async close() {
      clearInterval(timer);
      await listener.close();
      await deliverer.close();
      await resumed;
      await directory.close().finally(unlock);
    },
  };
}

function standardLimits(given: SandboxOptions['limits']): (livemode: boolean) => Limits {
  if (given === undefined) return () => noLimits;
  return given === 'stripe' ? stripeLimits : () => ({ ...noLimits, ...given });
}

/** Looks after the accounts that nobody calls, and writes down what fell due. */
function keepUp(directory: ReturnType<typeof createDirectory>, log: Log): NodeJS.Timeout {
  const timer = setInterval(() => {
    for (const account of directory.opened()) {
      lookAfter(account);
      for (const member of account.family()) finishAdvances(member);
      forgetOld(account);
      const written = account.flush().then(account.tidy).then(account.rest);
      written.catch((cause: unknown) => log(`The state of ${account.id} could not be written`, cause));
    }
  }, tickMs);
  return timer.unref();
}
