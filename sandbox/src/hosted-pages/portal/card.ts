import { html } from 'hono/html';
import { confirmSetupIntent } from '../../setup-intents/confirm.ts';
import { createSetupIntent, setupIntents } from '../../setup-intents/setup-intent.ts';
import { hasEnded, saveSubscription, subscriptions } from '../../subscriptions/subscription.ts';
import { cardFields, enteredCard, problemOf } from '../card.ts';
import { alert, type Filled } from '../fields.ts';
import { emptyForm } from '../form.ts';
import type { Answer, HostedPage, Visit } from '../frame.ts';
import { testCards } from '../test-cards.ts';
import { afterwards, type Portal, portalAt, portalPage, portalPath, requireAllowed } from './portal.ts';

/** Where a customer saves a card, which from then on pays for what they have. */
export const portalCard: HostedPage = {
  path: `${portalPath}/card`,
  show: (visit) => {
    const portal = portalAt(visit);
    const setup = visit.account.of(setupIntents).get(visit.query('setup_intent'));
    if (!setup || setup.customer !== portal.customer.id)
      return pageOf(visit, portal, { form: emptyForm, problems: {} }, 200);
    if (setup.status !== 'succeeded' || setup.payment_method === null) {
      const problem = setup.last_setup_error?.message ?? 'The card was not saved.';
      return pageOf(visit, portal, { form: emptyForm, problems: { number: problem } }, 402);
    }
    return chosen(visit, portal, setup.payment_method);
  },
  act: (visit, form) => {
    const portal = portalAt(visit);
    const { account } = visit;
    requireAllowed(portal.configuration.features.payment_method_update.enabled);
    const entry = enteredCard(account, form, []);
    if (entry.problems) return pageOf(visit, portal, { form, problems: entry.problems }, 400);
    const setup = createSetupIntent(account, {
      customer: portal.customer.id,
      method: null,
      methodTypes: ['card'],
      usage: 'off_session',
    });
    const { fault, intent } = confirmSetupIntent(account, setup, {
      method: entry.method,
      returnUrl: `${portal.url}/card`,
    });
    if (fault) return pageOf(visit, portal, { form, problems: problemOf(fault, form) }, 402);
    const bank = intent.next_action?.redirect_to_url?.url;
    return bank ? { next: bank } : chosen(visit, portal, entry.method.id);
  },
  refuse: (visit, form, fault) =>
    pageOf(
      visit,
      portalAt(visit),
      { form, problems: problemOf(fault, form) },
      fault.status === 402 ? 402 : 400,
    ),
};

/** From now on the card pays: it is the customer's default, and that of subscriptions that had another one. */
function chosen({ account, play }: Visit, portal: Portal, method: string): Answer {
  const { id } = portal.customer;
  if (portal.customer.invoice_settings.default_payment_method !== method) {
    play.post(`/v1/customers/${id}`, { invoice_settings: { default_payment_method: method } });
    for (const subscription of account.of(subscriptions).by('customer', id))
      if (!hasEnded(subscription) && subscription.default_payment_method !== null)
        saveSubscription(account, { ...subscription, default_payment_method: method });
  }
  return afterwards(portal);
}

function pageOf(visit: Visit, portal: Portal, filled: Filled, status: 200 | 400 | 402): Answer {
  requireAllowed(portal.configuration.features.payment_method_update.enabled);
  const body = html`<div class="card">${alert(filled.problems)}
<form method="post" novalidate>${cardFields([], filled)}
<button class="main">Save card</button></form>${testCards()}</div>`;
  return portalPage(visit, portal, { title: 'Add a card', body, status });
}
