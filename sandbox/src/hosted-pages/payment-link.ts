import { sessionUrl } from '../checkout/session.ts';
import { paymentLinks } from '../payment-links/link.ts';
import { openSession } from '../payment-links/open.ts';
import { noSuch } from '../wire/errors.ts';
import type { HostedPage } from './frame.ts';
import { messagePage } from './layout.ts';

/** The address of a payment link: every visit begins a checkout session of its own. */
export const paymentLinkPage: HostedPage = {
  path: '/_sandbox/pay/:account/:id',
  show: ({ account, path, query }) => {
    const link = account.of(paymentLinks).get(path('id'));
    if (!link) throw noSuch('payment link', path('id'), 'id');
    if (!link.active) {
      const message = link.inactive_message ?? 'Ask whoever gave you the link for another one.';
      return { page: messagePage('This link is no longer active', message) };
    }
    const session = openSession(account, link, {
      clientReferenceId: query('client_reference_id') || undefined,
      email: query('prefilled_email') || query('locked_prefilled_email') || undefined,
      promotionCode: query('prefilled_promo_code') || undefined,
    });
    return { next: sessionUrl(account, session.id) };
  },
};
