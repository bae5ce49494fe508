import { html } from 'hono/html';
import type { Account } from '../account.ts';
import { chooseIn } from '../checkout/choose.ts';
import { lastProblem, needsMethod, paySession } from '../checkout/pay.ts';
import { recoverSession } from '../checkout/recover.ts';
import { type Session, sessions, sessionUrl, wayBack } from '../checkout/session.ts';
import { paymentLinks } from '../payment-links/link.ts';
import { noSuch } from '../wire/errors.ts';
import { answersOf } from './answers.ts';
import type { Filled } from './fields.ts';
import { emptyForm, type Form, type Problems } from './form.ts';
import type { Answer, HostedPage, Visit } from './frame.ts';
import { layout, messagePage } from './layout.ts';
import { enteredMethod, methodProblem } from './methods.ts';
import { orderColumn } from './order.ts';
import { offerOf, paymentForm } from './payment-form.ts';
import { businessName } from './words.ts';

/** Where a customer pays a checkout session. */
export const checkoutPage: HostedPage = {
  path: '/_sandbox/checkout/:account/:id',
  show: (visit) => {
    const session = sessionAt(visit);
    const problem = visit.query('returned') === '' ? null : lastProblem(visit.account, session);
    return pageOf(
      visit.account,
      session,
      problem === null
        ? {}
        : { problems: { [problem.type === 'card' ? 'number' : '']: problem.message }, status: 402 },
    );
  },
  act: ({ account, ...visit }, form) => {
    const session = sessionAt({ account, ...visit });
    if (session.status !== 'open') return pageOf(account, session, {});
    const action = form.text('action');
    if (action !== 'pay') {
      choose(account, session, form, action);
      return { next: sessionUrl(account, session.id) };
    }
    return pay(account, session, form);
  },
  refuse: ({ account, ...visit }, form, fault) => {
    const session = sessionAt({ account, ...visit });
    const param = fault.body.param ?? '';
    const beside = param.startsWith('quantity_') || param === 'promotion_code' || param === 'shipping_rate';
    const problems = beside
      ? { [param]: fault.message }
      : methodProblem(fault, form, offerOf(account, session));
    return pageOf(account, session, { form, problems, status: fault.status === 402 ? 402 : 400 });
  },
};

/** Where the bank sends the customer back to. */
export const checkoutReturnPage: HostedPage = {
  path: '/_sandbox/checkout/:account/:id/return',
  show: (visit) => {
    const { account } = visit;
    const session = sessionAt(visit);
    if (session.status === 'open') return { next: `${sessionUrl(account, session.id)}?returned=1` };
    return { next: endOf(account, session, true) };
  },
};

/** Where the customer of an expired session begins anew. */
export const checkoutRecoveryPage: HostedPage = {
  path: '/_sandbox/checkout/:account/:id/recover',
  show: ({ account, ...visit }) => {
    const fresh = recoverSession(account, sessionAt({ account, ...visit }));
    return { next: sessionUrl(account, fresh.id) };
  },
};

function sessionAt({ account, path }: Pick<Visit, 'account' | 'path'>): Session {
  const session = account.of(sessions).get(path('id'));
  if (!session) throw noSuch('checkout.session', path('id'), 'id');
  return session;
}

function choose(account: Account, session: Session, form: Form, action: string): void {
  if (action === 'code') chooseIn(account, session, { code: form.text('promotion_code') });
  else if (action === 'remove_code') chooseIn(account, session, { code: null });
  else if (action === 'order') {
    const quantities = new Map([...form.under('quantity_')].map(([id, value]) => [id, Number(value)]));
    chooseIn(account, session, {
      quantities,
      shippingRate: form.text('shipping_rate') || undefined,
      add: form.text('add') || undefined,
      remove: form.text('remove') || undefined,
    });
  }
}

function pay(account: Account, session: Session, form: Form): Answer {
  const expected = form.text('expected_amount');
  if (expected !== '' && Number(expected) !== (session.amount_total ?? 0))
    return pageOf(account, session, {
      form,
      problems: { '': 'The total has changed since you opened this page. Nothing was charged.' },
      status: 400,
    });
  const { collected, problems } = answersOf(account, session, form);
  const isFilledIn = Object.keys(problems).length === 0;
  const offer = offerOf(account, session);
  const entry = needsMethod(session) && isFilledIn ? enteredMethod(account, form, offer) : null;
  const wrong: Problems = { ...problems, ...entry?.problems };
  if (Object.keys(wrong).length > 0) return pageOf(account, session, { form, problems: wrong, status: 400 });
  const save = form.text('save') === 'yes';
  const outcome = paySession(account, session, { method: entry?.method ?? null, collected, save });
  if (outcome.fault)
    return pageOf(account, outcome.session, {
      form,
      problems: methodProblem(outcome.fault, form, offer),
      status: outcome.fault.status === 402 ? 402 : 400,
    });
  return { next: outcome.next ?? endOf(account, outcome.session) };
}

/** Where a customer goes once they have paid: back to the business, or to this page's own thanks. */
export function endOf(account: Account, session: Session, redirected = false): string {
  const back = session.redirect_on_completion === 'if_required' && !redirected ? null : wayBack(session);
  if (session.status !== 'complete' || back === null) return sessionUrl(account, session.id);
  return back.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

interface Shown extends Partial<Filled> {
  readonly status?: 200 | 400 | 402;
}

function pageOf(account: Account, session: Session, shown: Shown): Answer {
  const business = businessName(account);
  if (session.status === 'complete') return { page: completePage(account, session) };
  if (session.status === 'expired' || session.expires_at <= account.now())
    return { page: expiredPage(session) };
  const filled: Filled = { form: shown.form ?? emptyForm, problems: shown.problems ?? {} };
  const body = html`${orderColumn(account, session, filled)}${paymentForm(account, session, filled)}`;
  return {
    page: layout({ title: `Pay ${business}`, shape: 'two', body, livemode: account.livemode }),
    status: shown.status ?? 200,
    leadsTo: [wayBack(session)],
  };
}

function completePage(account: Account, session: Session) {
  const link = session.payment_link === null ? undefined : account.of(paymentLinks).get(session.payment_link);
  const message = link?.after_completion.hosted_confirmation?.custom_message;
  const next = wayBack(session) === null ? null : endOf(account, session);
  const title = session.mode === 'setup' ? 'Your card is saved' : 'Thanks for your payment';
  return messagePage(
    title,
    message ?? `${businessName(account)} has what it needs from you.`,
    next === null
      ? null
      : html`<p><a href="${next}" rel="noreferrer">Go on to ${businessName(account)}</a></p>`,
  );
}

function expiredPage(session: Session) {
  const again = session.after_expiration?.recovery?.url ?? null;
  return messagePage(
    'This page has expired',
    'It was open for too long, so nothing was charged.',
    again === null ? null : html`<p><a href="${again}">Start again</a></p>`,
  );
}
