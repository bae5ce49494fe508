import type { Hono } from 'hono';
import type { Account } from './account.ts';
import type { Directory } from './directory.ts';
import { finishAuthentication } from './payment-intents/confirm.ts';
import { paymentIntents } from './payment-intents/intent.ts';
import { finishSetup, setupIntents } from './setup-intents/setup-intent.ts';
import { clockOf } from './test-clocks/bound.ts';
import { inTimeOf } from './test-clocks/test-clock.ts';
import { noSuch, StripeFault } from './wire/errors.ts';
import { decodeForm } from './wire/form.ts';

const pagePath = '/_sandbox/authenticate/:account/:intent/:secret';

/** The page a bank would show for 3D Secure: one button that succeeds, one that fails. */
export function addAuthenticationPage(app: Hono, directory: Directory): void {
  app.get(pagePath, async (context) => {
    await waiting(directory, context.req.param());
    return context.html(page());
  });
  app.post(pagePath, async (context) => {
    const { account, intent } = await waiting(directory, context.req.param());
    const succeeded = decodeForm(await context.req.text()).outcome === 'succeed';
    const { returnUrl, name } = account.transact(() =>
      inTimeOf(account, clockOf(account, intent), () => finish(account, intent, succeeded)),
    );
    await account.flush();
    if (returnUrl === null) return context.json({ outcome: succeeded ? 'succeeded' : 'failed' });
    const back = new URL(returnUrl);
    back.searchParams.set(name, intent);
    back.searchParams.set(`${name}_client_secret`, context.req.param('secret'));
    back.searchParams.set('redirect_status', succeeded ? 'succeeded' : 'failed');
    return context.redirect(back.toString(), 303);
  });
}

async function waiting(directory: Directory, path: { account: string; intent: string; secret: string }) {
  const account = await directory.find(path.account);
  const found = account?.of(paymentIntents).get(path.intent) ?? account?.of(setupIntents).get(path.intent);
  if (!account || found?.client_secret !== path.secret) throw noSuch('payment', path.intent, 'id');
  if (found.status !== 'requires_action') {
    throw new StripeFault(400, {
      type: 'invalid_request_error',
      message: 'This payment does not wait for authentication.',
    });
  }
  return { account, intent: path.intent };
}

function finish(
  account: Account,
  id: string,
  succeeded: boolean,
): { returnUrl: string | null; name: string } {
  const payment = account.of(paymentIntents).get(id);
  if (payment) {
    finishAuthentication(account, payment, succeeded);
    return { returnUrl: payment.next_action?.redirect_to_url?.return_url ?? null, name: 'payment_intent' };
  }
  const setup = account.of(setupIntents).get(id);
  if (setup) finishSetup(account, setup, succeeded);
  return { returnUrl: setup?.next_action?.redirect_to_url?.return_url ?? null, name: 'setup_intent' };
}

function page(): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>3D Secure test page</title>
<style>body{font:16px/1.5 system-ui;max-width:28rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.6rem 1rem;margin-right:.5rem}</style>
</head><body><h1>3D Secure test page</h1>
<p>This is where your customer would confirm the payment with the bank. The sandbox lets you choose.</p>
<form method="post"><button name="outcome" value="succeed">Complete authentication</button>
<button name="outcome" value="fail">Fail authentication</button></form></body></html>`;
}
