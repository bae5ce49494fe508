import { html } from 'hono/html';
import type { Account } from '../account.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { refunds } from '../refunds/refund.ts';
import { noSuch } from '../wire/errors.ts';
import type { HostedPage, Visit } from './frame.ts';
import { type Html, layout } from './layout.ts';
import { amountText, businessName, dayText, methodName } from './words.ts';

/** What a customer paid, and what they got back. */
export const receiptPage: HostedPage = {
  path: '/_sandbox/receipts/:account/:id/:secret',
  show: (visit) => {
    const { account } = visit;
    const charge = chargeAt(visit);
    const title = `Receipt from ${businessName(account)}`;
    const body = receipt(account, charge);
    return { page: layout({ title, shape: 'narrow', body, livemode: account.livemode }) };
  },
};

function chargeAt({ account, path }: Visit): Charge {
  const charge = account.of(charges).get(path('id'));
  if (!charge?.receipt_url?.endsWith(`/${path('secret')}`)) throw noSuch('charge', path('id'), 'id');
  return charge;
}

function receipt(account: Account, charge: Charge): Html {
  const text = (minor: number) => amountText(minor, charge.currency);
  const back = account
    .of(refunds)
    .by('charge', charge.id)
    .filter(({ status }) => status === 'succeeded' || status === 'pending' || status === 'requires_action');
  const isPaid = charge.status === 'succeeded' && charge.captured;
  const amount = isPaid ? charge.amount_captured : charge.amount;
  return html`<section class="card" aria-label="Receipt">
<p class="business">${businessName(account)}</p>
<h1 class="plain">${isPaid ? 'Receipt' : 'Not paid yet'}</h1>
<p class="total">${text(amount)}</p>
<dl class="sums"><div><dt>Date</dt><dd>${dayText(charge.created)}</dd></div>
<div><dt>Paid with</dt><dd>${paidWith(charge)}</dd></div>
${charge.description === null ? '' : html`<div><dt>For</dt><dd>${charge.description}</dd></div>`}
${back.map((refund) => html`<div><dt>Refund of ${dayText(refund.created)}${refund.status === 'succeeded' ? '' : ' (on its way)'}</dt><dd>${text(-refund.amount)}</dd></div>`)}
${back.length === 0 ? '' : html`<div class="sum"><dt>Left</dt><dd>${text(amount - back.reduce((sum, one) => sum + one.amount, 0))}</dd></div>`}
</dl><p class="small quiet">${charge.id}</p></section>`;
}

function paidWith({ payment_method_details: details }: Charge): string {
  const { card, type = 'card' } = details ?? {};
  return card ? `${card.brand ?? 'card'} ending in ${card.last4}` : methodName(type);
}
