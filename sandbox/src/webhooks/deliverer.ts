import type { Account } from '../account.ts';
import type { Clock } from '../clock.ts';
import { events } from '../events.ts';
import { type Heard, type Question, recordAsked } from './asking.ts';
import { type Attempt, abandoned, attempted, type Delivery, deliveries } from './delivery.ts';
import { destinationsOf, enabledDestination } from './destination.ts';
import { signingSecrets } from './endpoint.ts';
import { deliveredEvent, eventFor } from './event-body.ts';
import { homeOf } from './plan.ts';
import { type Post, TooLate, type Webhook } from './post.ts';
import { signatureHeader } from './signature.ts';

/** How many deliveries may be under way at once, to one endpoint and in all. */
const limits = { perEndpoint: 8, inAll: 64 } as const;

interface DelivererOptions {
  readonly post: Post;
  /** Posts what an endpoint has only a moment to answer. */
  readonly postQuestion: Post;
  readonly clock: Clock;
  readonly log: (message: string, cause?: unknown) => void;
}

/**
 * Sends what is due, in the background. What waits is in the accounts' own collections and nowhere else: a delivery
 * stops being due only when its attempt is recorded, so that after a crash it is made again.
 */
export function createDeliverer({ post, postQuestion, clock, log }: DelivererOptions) {
  /** By endpoint: the deliveries under way. */
  const lanes = new Map<string, Set<string>>();
  const underWay = new Set<Promise<void>>();
  /** Accounts that had to wait for a place. */
  const waiting = new Set<Account>();
  const stopping = new AbortController();

  function wake(account: Account): void {
    if (stopping.signal.aborted) return;
    for (const destination of destinationsOf(account)) fill(account, destination.id);
  }

  function fill(account: Account, endpoint: string): void {
    const lane = lanes.get(endpoint) ?? new Set();
    lanes.set(endpoint, lane);
    for (const delivery of account.of(deliveries).oldestFirst({ index: 'due', key: endpoint })) {
      if (lane.has(delivery.id)) continue;
      if (lane.size >= limits.perEndpoint) break;
      if (underWay.size >= limits.inAll) {
        waiting.add(account);
        break;
      }
      start(account, delivery, lane);
    }
    if (lane.size === 0) lanes.delete(endpoint);
  }

  function start(account: Account, delivery: Delivery, lane: Set<string>): void {
    lane.add(delivery.id);
    const work = attempt(account, delivery).then(
      () => account,
      (cause: unknown) => {
        // It is still due: the next look at the account tries again.
        log(`The webhook delivery ${delivery.id} could not be made`, cause);
        return null;
      },
    );
    const done = work.then((next) => {
      lane.delete(delivery.id);
      underWay.delete(done);
      const others = [...waiting];
      waiting.clear();
      for (const other of others) wake(other);
      if (next) wake(next);
    });
    underWay.add(done);
  }

  async function attempt(account: Account, delivery: Delivery): Promise<void> {
    const destination = enabledDestination(account, delivery.endpoint);
    const { account: origin, event } = deliveredEvent(account, delivery);
    if (!destination || !event) return account.transact(() => giveUp(account, delivery));
    // Nobody should hear of what a crash could undo.
    await account.flush();
    const body = JSON.stringify(eventFor(origin, event, destination), null, 2);
    const webhook = { url: destination.url, headers: headersFor(account, destination.id, body), body };
    const outcome = await outcomeOf(webhook);
    if (stopping.signal.aborted && outcome.error !== null) return;
    const made = { created: account.now(), trigger: delivery.due ?? 'automatic', ...outcome };
    account.transact(() => record(account, delivery.id, made));
  }

  function headersFor(account: Account, endpoint: string, body: string): Record<string, string> {
    const seconds = Math.floor(clock.now() / 1000);
    const secrets = signingSecrets(account, endpoint, account.now());
    return {
      'Cache-Control': 'no-cache',
      'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      Accept: '*/*; q=0.5, application/xml',
      'Content-Type': 'application/json; charset=utf-8',
      'Stripe-Signature': signatureHeader(body, secrets, seconds, account.livemode),
    };
  }

  async function outcomeOf(webhook: Webhook): Promise<Omit<Attempt, 'created' | 'trigger'>> {
    const started = performance.now();
    const duration = () => Math.round(performance.now() - started);
    try {
      const { status, body } = await post(webhook, stopping.signal);
      return { http_status: status, response_body: body, error: null, duration_ms: duration() };
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      return { http_status: null, response_body: '', error, duration_ms: duration() };
    }
  }

  /** Puts a question to the endpoint it is for, once. Never rejects: no answer is an answer too. */
  async function ask(account: Account, { event: id, destination: endpoint }: Question): Promise<Heard> {
    const home = homeOf(account);
    const destination = enabledDestination(home, endpoint);
    const event = account.of(events).get(id);
    if (!destination || !event) return { kind: 'failed' };
    const body = JSON.stringify(eventFor(account, event, destination), null, 2);
    const started = performance.now();
    const made = { created: account.ownNow(), trigger: 'automatic' as const };
    const note = (attempt: Pick<Attempt, 'error' | 'http_status' | 'response_body'>) => {
      const duration_ms = Math.round(performance.now() - started);
      account.transact(() =>
        recordAsked(account, { event: id, destination: endpoint }, { ...made, ...attempt, duration_ms }),
      );
    };
    try {
      const webhook = { url: destination.url, headers: headersFor(home, endpoint, body), body };
      const reply = await postQuestion(webhook, stopping.signal);
      note({ http_status: reply.status, response_body: reply.body, error: null });
      return { kind: 'answer', status: reply.status, version: reply.version ?? null, body: reply.body };
    } catch (cause) {
      note({
        http_status: null,
        response_body: '',
        error: cause instanceof Error ? cause.message : String(cause),
      });
      return { kind: cause instanceof TooLate ? 'late' : 'failed' };
    }
  }

  return {
    /** Starts what is due in an account. */
    wake,
    ask,
    /** Resolves when nothing is under way any more and nothing due is left of what was woken. */
    async settled(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    /** Stops; what was under way is still due the next time. */
    async close(): Promise<void> {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
}

/** Writes an attempt down and sees to the next. The delivery is gone when the account was reset meanwhile. */
function record(account: Account, id: string, attempt: Attempt): void {
  const before = account.of(deliveries).get(id);
  if (!before) return;
  const next = attempted(before, attempt, account.livemode);
  account.of(deliveries).put({ ...next, job: jobFor(account, before, next) });
}

function giveUp(account: Account, delivery: Delivery): void {
  if (delivery.job !== null) account.cancel(delivery.job);
  account.of(deliveries).put(abandoned(delivery));
}

function jobFor(account: Account, before: Delivery, next: Delivery): string | null {
  if (next.next_attempt === before.next_attempt) return before.job;
  if (before.job !== null) account.cancel(before.job);
  return next.next_attempt === null ? null : account.schedule(next.next_attempt, 'webhook.retry', next.id);
}
