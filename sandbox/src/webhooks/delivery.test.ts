import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hour } from '../clock.ts';
import {
  type Attempt,
  abandoned,
  attempted,
  type Delivery,
  newDelivery,
  resent,
  retryDue,
  type Trigger,
} from './delivery.ts';

const fresh = newDelivery({ id: 'evt_1' }, 'we_1', 0, 'automatic');

function attempt(http_status: number | null, created = 0, trigger: Trigger = 'automatic'): Attempt {
  return { created, trigger, http_status, response_body: '', error: null, duration_ms: 1 };
}

/** Fails every attempt as soon as it is due. Answers when each was made. */
function failUntilTheEnd(livemode: boolean): { times: number[]; end: Delivery } {
  const times: number[] = [];
  let delivery = fresh;
  let now = 0;
  for (;;) {
    times.push(now);
    delivery = attempted(delivery, attempt(500, now), livemode);
    if (delivery.next_attempt === null) return { times, end: delivery };
    now = delivery.next_attempt;
    delivery = retryDue(delivery);
  }
}

test('in test mode a failing webhook is tried three more times over some hours, then given up', () => {
  const { times, end } = failUntilTheEnd(false);
  expect(times).toHaveLength(4);
  expect(times.at(-1)).toBeGreaterThan(2 * hour);
  expect(times.at(-1)).toBeLessThan(8 * hour);
  expect(end).toMatchObject({ status: 'failed', due: null });
});

test('in live mode it is tried for up to three days, with ever longer waits', () => {
  const { times, end } = failUntilTheEnd(true);
  expect(times.at(-1)).toBeGreaterThan(60 * hour);
  expect(times.at(-1)).toBeLessThanOrEqual(72 * hour);
  const waits = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  expect(waits.slice(0, 5)).toEqual([...waits.slice(0, 5)].sort((a, b) => a - b));
  expect(end.status).toBe('failed');
});

test.each([200, 201, 204, 299])('a %i is a success', (status) => {
  expect(attempted(fresh, attempt(status), false)).toMatchObject({ status: 'succeeded', next_attempt: null });
});

test.each([null, 199, 300, 301, 302, 307, 308, 400, 404, 410, 500])('a %s is a failure', (status) => {
  expect(attempted(fresh, attempt(status), false)).toMatchObject({ status: 'pending' });
  expect(attempted(fresh, attempt(status), false).next_attempt).not.toBeNull();
});

test('a resend by hand leaves the schedule as it is', () => {
  const waiting = attempted(fresh, attempt(500), false);
  const again = attempted(resent(waiting), attempt(500, 60, 'manual'), false);
  expect(again).toMatchObject({
    status: 'pending',
    due: null,
    next_attempt: waiting.next_attempt,
    automatic_attempts: 1,
  });
});

test('an attempt that fell due while one by hand was under way is still made', () => {
  const waiting = attempted(fresh, attempt(500), false);
  const both = retryDue(resent(waiting));
  expect(attempted(both, attempt(500, 60, 'manual'), false).due).toBe('automatic');
});

test('what was given up can be sent by hand, and counts as delivered then', () => {
  const { end } = failUntilTheEnd(false);
  expect(attempted(resent(end), attempt(500, 9, 'manual'), false)).toMatchObject({
    status: 'failed',
    due: null,
  });
  expect(attempted(resent(end), attempt(200, 9, 'manual'), false).status).toBe('succeeded');
});

type Step = 'ok' | 'fail' | 'resend' | 'clock' | 'abandon';

test('whatever happens: nothing waits once it is over, and what is pending is due or waits', () => {
  const steps = fc.array(fc.constantFrom<Step>('ok', 'fail', 'resend', 'clock', 'abandon'), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(steps, fc.boolean(), (all, livemode) => {
      let delivery: Delivery = fresh;
      for (const step of all) {
        if (step === 'resend') delivery = resent(delivery);
        if (step === 'abandon') delivery = abandoned(delivery);
        if (step === 'clock' && delivery.next_attempt !== null) delivery = retryDue(delivery);
        if ((step === 'ok' || step === 'fail') && delivery.due !== null)
          delivery = attempted(delivery, attempt(step === 'ok' ? 200 : 500, 0, delivery.due), livemode);
        const isMoving = delivery.due !== null || delivery.next_attempt !== null;
        if (delivery.status === 'pending') expect(isMoving).toBe(true);
        else expect(delivery.next_attempt).toBeNull();
        expect(delivery.attempts.length).toBeLessThanOrEqual(50);
      }
    }),
  );
});
