import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { isStripeError } from '../client.ts';
import { afterDecline, explainDecline, isDeclineCode } from '../declines.ts';
import { explainErrorCode } from '../error-codes.ts';
import { needs } from '../permissions.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { compact } from '../views/shape.ts';

function getAccountInfo(desk: Desk): Tool {
  const { platform } = desk.account;
  const known = {
    ...{ object: 'account', id: desk.account.id, name: desk.account.name, mode: desk.mode },
    ...(platform && { acted_for_by_platform: `${platform.name} (${platform.id})` }),
  };
  return stripeRead(desk, {
    name: 'get_account_info',
    title: 'Get account',
    description:
      'The connected Stripe account: id, name, country, default currency, mode and what it may do. Never shows keys.',
    input: z.strictObject({}),
    permissions: needs('account:read'),
    words: { action: 'get', object: 'account', synonyms: ['business', 'company', 'stripe account', 'mode'] },
    async read(_input, api) {
      try {
        const account = await api.accounts.retrieveCurrent();
        const view = compact({
          ...known,
          country: account.country,
          default_currency: account.default_currency,
          time_zone: account.settings?.dashboard?.timezone,
          charges_enabled: account.charges_enabled,
          payouts_enabled: account.payouts_enabled,
        });
        return { view, record: account, summary: `Read the account ${desk.account.name}` };
      } catch (error) {
        // The id and the name are known from when the connection was made: better that than a refusal.
        if (!isStripeError(error) || error.statusCode !== 403) throw error;
        const { country, defaultCurrency } = desk.account;
        const note = 'The key may not read further details of the account.';
        const view = compact({ ...known, country, default_currency: defaultCurrency, note });
        return { view, record: known, summary: `Read the account ${desk.account.name}` };
      }
    },
  });
}

function explainError(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'explain_error',
    title: 'Explain error code',
    description:
      'What a Stripe error or decline code means and what to do about it, such as "insufficient_funds" or "resource_missing". Needs no network.',
    input: z.strictObject({
      code: z
        .string()
        .min(1)
        .max(80)
        .describe('The code as Stripe gives it: "do_not_honor", "card_declined", "rate_limit".'),
    }),
    permissions: [],
    words: {
      action: 'explain',
      object: 'error',
      synonyms: ['decline code', 'error code', 'decline', 'failure'],
    },
    async read({ code: given }) {
      const code = given
        .trim()
        .toLowerCase()
        .replaceAll(/[\s-]+/g, '_');
      const explained = isDeclineCode(code)
        ? { meaning: explainDecline(code).reason, next: afterDecline(explainDecline(code)), kind: 'decline' }
        : explainErrorCode(code);
      if (!explained) {
        throw new ToolError('not_found', `The code "${given}" is not known.`, {
          next: 'Look it up at https://docs.stripe.com/error-codes or https://docs.stripe.com/declines/codes.',
        });
      }
      const view = { object: 'error_explanation', code, ...explained };
      return { view, record: view, summary: `Explained ${code}` };
    },
  });
}

/** Tools about the account itself and about Stripe's codes. */
export function accountTools(desk: Desk): Tool[] {
  return [getAccountInfo(desk), explainError(desk)];
}
