import type { Context, Hono } from 'hono';
import type { Account } from '../account.ts';
import type { Caller } from '../seeds/player.ts';
import { noSuch } from '../wire/errors.ts';
import type { FormMap } from '../wire/form.ts';
import { emptyable, integer, oneOf, parseFields, required, text } from '../wire/params.ts';
import { review } from './review.ts';
import { actions, approvalRules } from './rule.ts';

interface Control {
  readonly accountOf: (context: Context) => Promise<Account>;
  readonly bodyOf: (context: Context) => Promise<FormMap>;
  /** Calls endpoints past the rules. */
  readonly call: Caller;
}

const ruleFields = {
  action: required(oneOf(...actions)),
  amount_gt: emptyable(integer(0)),
  control: oneOf('block', 'require_approval'),
  keys: oneOf('all', 'restricted'),
  name: text(200),
} as const;
const reviewFields = {
  reason: text(),
  result: required(oneOf('approved', 'rejected')),
  reviewer: text(200),
} as const;

/** What Stripe's dashboard does about approvals and its API does not: rules, and the second person's verdict. */
export function addApprovalControl(app: Hono, { accountOf, bodyOf, call }: Control): void {
  app.get('/_sandbox/approval_rules', async (context) => {
    const account = await accountOf(context);
    return context.json({ data: [...account.of(approvalRules).newestFirst()] });
  });

  app.post('/_sandbox/approval_rules', async (context) => {
    const account = await accountOf(context);
    const given = parseFields(ruleFields, await bodyOf(context));
    const rule = {
      id: given.action,
      control: given.control ?? 'require_approval',
      amount_gt: given.amount_gt ?? null,
      keys: given.keys ?? 'all',
      name: given.name ?? null,
    } as const;
    account.transact(() => account.of(approvalRules).put(rule));
    await account.flush();
    return context.json(rule);
  });

  app.delete('/_sandbox/approval_rules/:action', async (context) => {
    const account = await accountOf(context);
    const action = context.req.param('action');
    if (!account.of(approvalRules).get(action)) throw noSuch('approval rule', action, 'id');
    account.transact(() => account.of(approvalRules).delete(action));
    await account.flush();
    return context.json({ id: action, deleted: true });
  });

  app.post('/_sandbox/approval_requests/:id/review', async (context) => {
    const account = await accountOf(context);
    const verdict = parseFields(reviewFields, await bodyOf(context));
    const request = review(account, context.req.param('id'), verdict, (home, action) => {
      const on = action.account === null ? home : home.connected(action.account);
      return made(call(on, action));
    });
    await account.flush();
    return context.json(request);
  });
}

function made(result: unknown): { id: string; object: string } {
  const { id, object } = { ...(result as object) } as Readonly<Record<string, unknown>>;
  return { id: String(id), object: String(object) };
}
