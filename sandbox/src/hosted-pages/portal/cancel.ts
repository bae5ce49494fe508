import { html } from 'hono/html';
import { productOf } from '../../prices/text.ts';
import type { Player } from '../../seeds/seed.ts';
import { hasEnded, periodOf, type Subscription, subscriptions } from '../../subscriptions/subscription.ts';
import { noSuch } from '../../wire/errors.ts';
import { input } from '../fields.ts';
import { emptyForm, type Form } from '../form.ts';
import type { HostedPage, Visit } from '../frame.ts';
import type { Html } from '../layout.ts';
import { dayText } from '../words.ts';
import { afterwards, type Portal, portalAt, portalPage, portalPath, requireAllowed } from './portal.ts';

/** Where a customer ends a subscription, and may say why. */
export const portalCancel: HostedPage = {
  path: `${portalPath}/cancel/:subscription`,
  show: (visit) => {
    const portal = portalAt(visit);
    const subscription = subscriptionAt(visit, portal);
    return portalPage(visit, portal, {
      title: 'Cancel subscription',
      body: question(visit, portal, subscription),
    });
  },
  act: (visit, form) => {
    const portal = portalAt(visit);
    end(visit.play, portal, subscriptionAt(visit, portal), form);
    return afterwards(portal);
  },
};

const reasonNames = {
  too_expensive: 'It’s too expensive',
  missing_features: 'Some features are missing',
  switched_service: 'I’m switching to another service',
  unused: 'I don’t use it enough',
  customer_service: 'Customer service was less than expected',
  too_complex: 'It’s too complex',
  low_quality: 'The quality was less than expected',
  other: 'Another reason',
} as const;

/** The customer's own running subscription that the address names. */
export function subscriptionAt({ account, path }: Visit, { customer }: Portal): Subscription {
  const subscription = account.of(subscriptions).get(path('subscription'));
  if (subscription?.customer !== customer.id || hasEnded(subscription))
    throw noSuch('subscription', path('subscription'), 'id');
  return subscription;
}

function end(play: Player, { configuration }: Portal, { id }: Subscription, form: Form): void {
  const {
    cancellation_reason,
    enabled,
    mode,
    proration_behavior: prorates,
  } = configuration.features.subscription_cancel;
  requireAllowed(enabled);
  const feedback = cancellation_reason.options.find((option) => option === form.text('reason'));
  const comment = form.text('comment') || undefined;
  const details = feedback || comment ? { cancellation_details: { feedback, comment } } : {};
  if (mode === 'at_period_end')
    play.post(`/v1/subscriptions/${id}`, { cancel_at_period_end: true, ...details });
  else
    play.delete(`/v1/subscriptions/${id}`, {
      prorate: prorates !== 'none',
      invoice_now: prorates === 'always_invoice',
      ...details,
    });
}

function question(
  { account }: Visit,
  { configuration, session, url }: Portal,
  subscription: Subscription,
): Html {
  const { cancellation_reason, enabled, mode } = configuration.features.subscription_cancel;
  requireAllowed(enabled);
  const name = subscription.items.data.map(({ price }) => productOf(account, price).name).join(', ');
  const when =
    mode === 'at_period_end'
      ? `You keep it until ${dayText(periodOf(subscription).end)}. After that it is not renewed.`
      : 'It ends at once.';
  return html`<div class="card"><h2>${name}</h2><p>${when}</p>
<form method="post">
${
  cancellation_reason.enabled && cancellation_reason.options.length > 0
    ? html`<fieldset><legend>Why are you cancelling? <span class="quiet">(optional)</span></legend>
${cancellation_reason.options.map((option) => html`<label class="choice"><input type="radio" name="reason" value="${option}"><span>${reasonNames[option]}</span></label>`)}
${input({ name: 'comment', label: 'Anything to add?', optional: true }, emptyForm.text('comment'), {})}</fieldset>`
    : ''
}
<div class="actions"><button class="bad">Cancel subscription</button>
${session.flow ? '' : html`<a class="button" href="${url}?home=1">Keep subscription</a>`}</div>
</form></div>`;
}
