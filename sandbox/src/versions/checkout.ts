import type { Session } from '../checkout/session.ts';
import { change } from './change.ts';

/** Where a checkout session is shown, by today's word and the one before API version 2026-03-25. */
export const olderUiModes = {
  hosted_page: 'hosted',
  embedded_page: 'embedded',
  elements: 'custom',
  form: 'form',
} as const;

/** Checkout sessions, by docs.stripe.com/changelog. */
export const checkoutChanges = [
  change<Session>('2026-03-25', 'checkout.session', ({ ui_mode: mode }) => ({
    ui_mode: mode && olderUiModes[mode],
  })),
  change<Session>('2025-03-31', 'checkout.session', ({ collected_information: told }) => ({
    shipping_details: told?.shipping_details ?? null,
  })),
];
