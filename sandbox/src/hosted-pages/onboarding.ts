import { html } from 'hono/html';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { balanceObject } from '../balance/object.ts';
import { destinationsOf } from '../connect/external-accounts.ts';
import { dashboardPath, onboardingPath, type Pass, passes } from '../connect/links.ts';
import { onboard } from '../connect/onboard.ts';
import { payouts } from '../payouts/payout.ts';
import { noSuch } from '../wire/errors.ts';
import type { HostedPage, Visit } from './frame.ts';
import { layout, messagePage } from './layout.ts';
import { amountText, businessName, dayText } from './words.ts';

/** Where somebody gives Stripe the particulars of a connected account: here, one button fills in Stripe's test values. */
export const onboardingPage: HostedPage = {
  path: onboardingPath,
  show: (visit) => {
    const pass = passOf(visit, 'onboarding');
    if (isOver(visit.account, pass)) return over(pass);
    return { page: form(visit.account), leadsTo: [pass.returnUrl] };
  },
  act: (visit, sent) => {
    const { account } = visit;
    const pass = passOf(visit, 'onboarding');
    if (isOver(account, pass)) return over(pass);
    account.of(passes).put({ ...pass, used: true });
    const isDone = sent.text('outcome') === 'submit';
    if (isDone) onboard(account);
    if (pass.returnUrl !== null) return { next: pass.returnUrl };
    return {
      page: messagePage(
        isDone ? 'Thank you' : 'Not finished',
        isDone
          ? 'Everything asked for was given. You can close this page.'
          : 'You can come back to this later.',
      ),
    };
  },
};

/** What an Express account sees of itself. */
export const expressPage: HostedPage = {
  path: dashboardPath,
  show: (visit) => {
    const { account } = visit;
    if (isOver(account, passOf(visit, 'dashboard')))
      return {
        page: messagePage('This link has expired', 'Ask for a new one where you got it.'),
        status: 404,
      };
    account.of(passes).put({ ...passOf(visit, 'dashboard'), used: true });
    return { page: dashboard(account) };
  },
};

function passOf({ account, path }: Visit, opens: Pass['opens']): Pass {
  const pass = account.of(passes).get(path('secret'));
  if (pass?.opens !== opens || !account.platform) throw noSuch('link', path('secret').slice(0, 12), 'id');
  return pass;
}

function isOver(account: Account, { expires, used }: Pass): boolean {
  return used || expires <= account.now();
}

/** As Stripe does with a link that was used or is too old: the platform makes a new one. */
function over({ refreshUrl }: Pass) {
  if (refreshUrl !== null) return { next: refreshUrl };
  return {
    page: messagePage('This link has expired', 'Ask for a new one where you got it.'),
    status: 404 as const,
  };
}

function form(account: Account) {
  const { requirements } = accountObject(account);
  const due = requirements?.currently_due ?? [];
  const platform = account.platform ? businessName(account.platform) : '';
  const list = due.map((field) => html`<li><code>${field}</code></li>`);
  const body = html`<div class="card"><h1 class="plain">Get paid by ${platform}</h1>
<p>This is where a business tells Stripe about itself. In the sandbox one button gives Stripe’s test values for all that is missing.</p>
${due.length > 0 ? html`<p>Still asked for:</p><ul>${list}</ul>` : html`<p>Nothing more is asked for.</p>`}
<form method="post"><div class="actions">
<button class="main" name="outcome" value="submit">Fill in test values and submit</button>
<button name="outcome" value="leave">Leave without finishing</button>
</div></form></div>`;
  return layout({ title: 'Onboarding', shape: 'narrow', body, livemode: account.livemode });
}

function dashboard(account: Account) {
  const details = accountObject(account);
  const balance = balanceObject(account);
  const sums = balance.available.map(
    ({ amount, currency }, at) =>
      html`<tr><td>${amountText(amount, currency)}</td><td>${amountText(balance.pending[at]?.amount ?? 0, currency)}</td></tr>`,
  );
  const sent = account.of(payouts).newestFirst();
  const rows = [...take(sent, 10)].map(
    (payout) =>
      html`<tr><td>${dayText(payout.arrival_date)}</td><td>${amountText(payout.amount, payout.currency)}</td><td>${payout.status}</td></tr>`,
  );
  const banks = destinationsOf(account).map(
    (one) =>
      html`<li>${one.object === 'card' ? one.brand : (one.bank_name ?? 'Bank account')} ending in ${one.last4}</li>`,
  );
  const body = html`<div class="card"><h1 class="plain">${details.business_profile?.name ?? details.email ?? account.id}</h1>
<table><thead><tr><th>Available</th><th>On its way</th></tr></thead><tbody>${sums}</tbody></table>
<h2>Payouts</h2>${rows.length > 0 ? html`<table><tbody>${rows}</tbody></table>` : html`<p>None yet.</p>`}
<h2>Where payouts go</h2>${banks.length > 0 ? html`<ul>${banks}</ul>` : html`<p>Nowhere yet.</p>`}</div>`;
  return layout({ title: 'Express Dashboard', shape: 'narrow', body, livemode: account.livemode });
}

function* take<T>(items: Iterable<T>, most: number): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (count++ >= most) return;
    yield item;
  }
}
