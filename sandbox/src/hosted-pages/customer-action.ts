import { html } from 'hono/html';
import type { Account } from '../account.ts';
import { attempts } from '../checkout/attempt.ts';
import { returnUrlOf, sessions, wayBack as wayBackFrom } from '../checkout/session.ts';
import { finishAuthentication, verifyIntentDeposits } from '../payment-intents/act.ts';
import { type PaymentIntent, paymentIntents } from '../payment-intents/intent.ts';
import { type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { methodType } from '../payment-methods/types.ts';
import { finishSetup, verifySetupDeposits } from '../setup-intents/act.ts';
import { type SetupIntent, setupIntents } from '../setup-intents/setup-intent.ts';
import { noSuch } from '../wire/errors.ts';
import { type Filled, input } from './fields.ts';
import { emptyForm } from './form.ts';
import type { Answer, HostedPage, Visit } from './frame.ts';
import { type Html, layout, messagePage } from './layout.ts';
import { amountText, businessName, dayText, methodName } from './words.ts';

type Intent = PaymentIntent | SetupIntent;

/** What somebody else would ask the customer: their bank for 3D Secure, the company they pay with, a shop for a voucher. */
export const customerActionPage: HostedPage = {
  path: '/_sandbox/authenticate/:account/:id/:secret',
  show: (visit) => pageOf(visit, { form: emptyForm, problems: {} }, 200),
  act: (visit, form) => {
    const { account } = visit;
    const intent = intentAt(visit);
    const back = wayBack(account, intent);
    if (form.text('outcome') === 'verify') verifyDeposits(account, intent, form.text('descriptor_code'));
    else finish(account, intent, form.text('outcome') === 'succeed');
    const hasFailed = intentAt(visit).status === 'requires_payment_method';
    if (back !== null) return { next: withOutcome(back, intent, hasFailed ? 'failed' : 'succeeded') };
    const title = hasFailed ? 'That did not work' : 'That is done';
    return { page: messagePage(title, 'You can close this page.') };
  },
  refuse: (visit, form, fault) =>
    pageOf(visit, { form, problems: { [fault.body.param ?? '']: fault.message } }, 400),
};

function intentAt({ account, path }: Visit): Intent {
  const id = path('id');
  const intent = account.of(paymentIntents).get(id) ?? account.of(setupIntents).get(id);
  if (!intent || intent.client_secret !== path('secret')) throw noSuch('payment', id, 'id');
  return intent;
}

function finish(account: Account, intent: Intent, succeeded: boolean): void {
  if (intent.object === 'payment_intent') finishAuthentication(account, intent, succeeded);
  else finishSetup(account, intent, succeeded);
}

function verifyDeposits(account: Account, intent: Intent, code: string): void {
  const seen = { descriptor_code: code.toUpperCase() };
  if (intent.object === 'payment_intent') verifyIntentDeposits(account, intent, seen);
  else verifySetupDeposits(account, intent, seen);
}

/** Where the customer goes on: where the business wants them, or back to the page they paid on. */
function wayBack(account: Account, { id, next_action: action, object }: Intent): string | null {
  const given = action?.redirect_to_url ?? alipayAction(action);
  if (given?.return_url) return given.return_url;
  const attempt = account.of(attempts).newestBy(object, id);
  return attempt ? returnUrlOf(account, attempt.id) : null;
}

function alipayAction(action: Intent['next_action']) {
  return action && 'alipay_handle_redirect' in action ? action.alipay_handle_redirect : undefined;
}

/** What Stripe adds to the address a customer comes back to. */
function withOutcome(
  url: string,
  { id, object, client_secret: secret }: Intent,
  status: 'failed' | 'succeeded',
): string {
  const back = new URL(url);
  back.searchParams.set(object, id);
  back.searchParams.set(`${object}_client_secret`, secret ?? '');
  back.searchParams.set('redirect_status', status);
  return back.toString();
}

/** A checkout page sends its customer straight on to the business. */
function successUrl(account: Account, { id, object }: Intent): string | null {
  const attempt = account.of(attempts).newestBy(object, id);
  const session = attempt && account.of(sessions).get(attempt.id);
  return session ? wayBackFrom(session) : null;
}

function pageOf(visit: Visit, filled: Filled, status: 200 | 400): Answer {
  const { account } = visit;
  const intent = intentAt(visit);
  const method =
    intent.payment_method === null ? undefined : account.of(paymentMethods).get(intent.payment_method);
  if (intent.status !== 'requires_action' || !method) {
    const text = 'This payment does not wait for you.';
    return { page: messagePage('Nothing to do here', text), status: 400 };
  }
  const back = wayBack(account, intent);
  const { title, body } = contentOf(account, { intent, method, back, filled });
  return {
    page: layout({
      title,
      shape: 'narrow',
      body: html`<div class="card"><h1 class="plain">${title}</h1>${body}</div>`,
      livemode: account.livemode,
    }),
    status,
    leadsTo: [back, successUrl(account, intent)],
  };
}

interface Asked {
  readonly intent: Intent;
  readonly method: PaymentMethod;
  readonly back: string | null;
  readonly filled: Filled;
}

function contentOf(account: Account, asked: Asked): { readonly title: string; readonly body: Html } {
  const { intent, method, back, filled } = asked;
  const what = whatFor(account, intent);
  if (intent.next_action?.type === 'verify_with_microdeposits')
    return { title: 'Verify your bank account', body: depositForm(account, filled) };
  if (method.card)
    return {
      title: '3D Secure',
      body: choice(
        `This is where your bank would ask you to confirm ${what}.`,
        'Complete authentication',
        'Fail authentication',
      ),
    };
  const name = methodName(method.type);
  if (methodType(method.type)?.flow !== 'voucher')
    return {
      title: name,
      body: choice(
        `This is where ${name} would ask you to confirm ${what}.`,
        'Authorize test payment',
        'Fail test payment',
      ),
    };
  const later =
    back === null ? '' : html`<p class="small"><a href="${back}" rel="noreferrer">Pay later, go on</a></p>`;
  return {
    title: `${name} voucher`,
    body: html`${choice(
      `With this voucher you would go to a shop or to your bank and make ${what}, within three days.`,
      'Pay the voucher',
      'Let it expire',
    )}${later}`,
  };
}

function whatFor(account: Account, intent: Intent): string {
  const business = businessName(account);
  return intent.object === 'payment_intent'
    ? `a payment of ${amountText(intent.amount, intent.currency)} to ${business}`
    : `that ${business} keeps your details`;
}

function choice(text: string, succeed: string, fail: string): Html {
  return html`<p>${text} In the sandbox you choose what happens.</p>
<form method="post"><div class="actions">
<button class="main" name="outcome" value="succeed">${succeed}</button>
<button class="bad" name="outcome" value="fail">${fail}</button>
</div></form>`;
}

function depositForm(account: Account, { form, problems }: Filled): Html {
  const field = {
    name: 'descriptor_code',
    label: 'Code',
    maxlength: 6,
    hint: 'SM11AA is right, SM33CC was guessed too often, SM44DD comes too late, anything else is wrong.',
  };
  return html`<p>${businessName(account)} sent a small deposit to your bank account on ${dayText(account.now())}.
Enter the six-character code that begins with SM, from its line on your statement.</p>
<form method="post" novalidate>${input(field, form.text('descriptor_code'), problems)}
<button class="main" name="outcome" value="verify">Verify</button></form>`;
}
