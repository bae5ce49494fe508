import type { Authentication } from './behaviour.ts';

/** How 3D Secure ended, as a charge remembers it. */
export interface ThreeDSecure {
  readonly flow: 'challenge' | 'frictionless' | null;
  readonly result:
    | 'attempt_acknowledged'
    | 'authenticated'
    | 'exempted'
    | 'failed'
    | 'not_supported'
    | 'processing_error';
}

/** What 3D Secure needs of a payment: nothing, the customer, or the customer who is not there; else how it went. */
export type Authenticating = 'none' | 'challenge' | 'unavailable' | ThreeDSecure;

/** `asked`: the customer is there and the business, or a rule of Radar, asks for 3D Secure. */
export type Occasion = 'onSession' | 'asked' | 'offSession' | 'offSessionSetUp';

const authenticated: ThreeDSecure = { flow: 'frictionless', result: 'authenticated' };
const acknowledged: ThreeDSecure = { flow: 'frictionless', result: 'attempt_acknowledged' };
const unsupported: ThreeDSecure = { flow: null, result: 'not_supported' };
const broken: ThreeDSecure = { flow: null, result: 'processing_error' };

/** https://docs.stripe.com/testing#three-ds-cards, row by row. */
const outcomes: Record<Authentication, Record<Occasion, Authenticating>> = {
  always: {
    onSession: 'challenge',
    asked: 'challenge',
    offSession: 'unavailable',
    offSessionSetUp: 'unavailable',
  },
  unlessSetUp: {
    onSession: 'challenge',
    asked: 'challenge',
    offSession: 'unavailable',
    offSessionSetUp: 'none',
  },
  setUp: { onSession: 'challenge', asked: 'challenge', offSession: 'none', offSessionSetUp: 'none' },
  frictionless: {
    onSession: authenticated,
    asked: authenticated,
    offSession: 'unavailable',
    offSessionSetUp: 'unavailable',
  },
  lookupFails: { onSession: broken, asked: broken, offSession: broken, offSessionSetUp: broken },
  supported: { onSession: 'none', asked: 'challenge', offSession: 'none', offSessionSetUp: 'none' },
  supportedLookupFails: { onSession: 'none', asked: broken, offSession: 'none', offSessionSetUp: 'none' },
  notEnrolled: { onSession: 'none', asked: acknowledged, offSession: 'none', offSessionSetUp: 'none' },
  notSupported: { onSession: 'none', asked: unsupported, offSession: 'none', offSessionSetUp: 'none' },
};

/** What comes of 3D Secure with a card. Cards that are not for testing it are not enrolled. */
export function authenticatingWith(
  authentication: Authentication | undefined,
  occasion: Occasion,
): Authenticating {
  return outcomes[authentication ?? 'notEnrolled'][occasion];
}
