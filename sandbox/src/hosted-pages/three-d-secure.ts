import { html } from 'hono/html';
import type { Account } from '../account.ts';
import { attempts } from '../checkout/attempt.ts';
import { sessions } from '../checkout/session.ts';
import { finishAuthentication } from '../payment-intents/act.ts';
import { type PaymentIntent, paymentIntents } from '../payment-intents/intent.ts';
import { finishSetup } from '../setup-intents/act.ts';
import { type SetupIntent, setupIntents } from '../setup-intents/setup-intent.ts';
import { noSuch } from '../wire/errors.ts';
import type { HostedPage, Visit } from './frame.ts';
import { layout, messagePage } from './layout.ts';
import { amountText, businessName } from './words.ts';

/** The page a bank would show for 3D Secure: one button that succeeds, one that fails. */
export const threeDSecurePage: HostedPage = {
  path: '/_sandbox/authenticate/:account/:id/:secret',
  show: (visit) => {
    const intent = waiting(visit);
    const { account } = visit;
    if (intent.status !== 'requires_action') {
      const text = 'This payment does not wait for authentication.';
      return { page: messagePage('Nothing to do here', text), status: 400 };
    }
    return {
      page: challenge(account, intent),
      leadsTo: [returnUrlOf(intent), ...successUrls(account, intent)],
    };
  },
  act: (visit, form) => {
    const { account } = visit;
    const intent = waiting(visit);
    const hasSucceeded = form.text('outcome') === 'succeed';
    if (intent.object === 'payment_intent') finishAuthentication(account, intent, hasSucceeded);
    else finishSetup(account, intent, hasSucceeded);
    const back = returnUrlOf(intent);
    if (back !== null) return { next: withOutcome(back, intent, hasSucceeded) };
    const title = hasSucceeded ? 'Authentication complete' : 'Authentication failed';
    return { page: messagePage(title, 'You can close this page.') };
  },
};

type Intent = PaymentIntent | SetupIntent;

function waiting({ account, path }: Visit): Intent {
  const id = path('id');
  const intent = account.of(paymentIntents).get(id) ?? account.of(setupIntents).get(id);
  if (!intent || intent.client_secret !== path('secret')) throw noSuch('payment', id, 'id');
  return intent;
}

function returnUrlOf({ next_action: action }: Intent): string | null {
  return action?.redirect_to_url?.return_url ?? null;
}

/** What Stripe adds to the address a customer comes back to. */
function withOutcome(url: string, { id, object, client_secret: secret }: Intent, succeeded: boolean): string {
  const back = new URL(url);
  back.searchParams.set(object, id);
  back.searchParams.set(`${object}_client_secret`, secret ?? '');
  back.searchParams.set('redirect_status', succeeded ? 'succeeded' : 'failed');
  return back.toString();
}

/** A checkout page sends its customer straight on to the business. */
function successUrls(account: Account, { id, object }: Intent): (string | null)[] {
  const attempt = account.of(attempts).newestBy(object, id);
  return [attempt ? (account.of(sessions).get(attempt.id)?.success_url ?? null) : null];
}

function challenge(account: Account, intent: Intent) {
  const what =
    intent.object === 'payment_intent'
      ? `a payment of ${amountText(intent.amount, intent.currency)} to ${businessName(account)}`
      : `saving your card with ${businessName(account)}`;
  const body = html`<div class="card"><h1 class="plain">3D Secure</h1>
<p>This is where your bank would ask you to confirm ${what}. In the sandbox you choose what happens.</p>
<form method="post"><div class="actions">
<button class="main" name="outcome" value="succeed">Complete authentication</button>
<button class="bad" name="outcome" value="fail">Fail authentication</button>
</div></form></div>`;
  return layout({ title: '3D Secure', shape: 'narrow', body, livemode: account.livemode });
}
