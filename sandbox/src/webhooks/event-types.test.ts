import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { knownVersions } from '../wire/known-versions.ts';
import { apiVersion } from '../wire/version.ts';
import { enabledEvents } from './event-types.ts';

type Missing<All, Named> = Exclude<All, Named>;

test('every event and every version that the SDK names is named here', () => {
  // These do not compile when the SDK names one more.
  const events: Missing<Stripe.WebhookEndpointCreateParams.EnabledEvent, (typeof enabledEvents)[number]>[] =
    [] satisfies never[];
  const versions: Missing<Stripe.WebhookEndpointCreateParams.ApiVersion, (typeof knownVersions)[number]>[] =
    [] satisfies never[];
  expect([...events, ...versions]).toEqual([]);
  expect(new Set(enabledEvents).size).toBe(enabledEvents.length);
  expect(knownVersions.at(-1)).toBe(apiVersion);
  expect([...knownVersions].sort()).toEqual([...knownVersions]);
});
