import { z } from 'zod';
import { cleanForeignStrings } from '../../secrets/clean.ts';
import type { Tool } from '../../tools/tool.ts';
import {
  ConnectionProblem,
  type ConnectionType,
  type ReceivedEvent,
  type ToolTarget,
} from '../connection.ts';
import { parseApiKey } from './api-key.ts';
import { askApproval } from './approval-request.ts';
import { checkStripe } from './check.ts';
import { customerLookup } from './customer-lookup.ts';
import { createDesk } from './desk.ts';
import { leastFor } from './key-doctor.ts';
import { stripePresets } from './presets.ts';
import { type Desk, readStripe } from './stripe-tool.ts';
import { suggestRequests } from './suggestions.ts';
import { accountTools } from './tools/account.ts';
import { balanceTools } from './tools/balance.ts';
import { chargeTools } from './tools/charges.ts';
import { checkConnection } from './tools/check-connection.ts';
import { checkoutTools } from './tools/checkout.ts';
import { collectTools } from './tools/collect.ts';
import { connectTools } from './tools/connect.ts';
import { couponTools } from './tools/coupons.ts';
import { creditGrantTools } from './tools/credit-grants.ts';
import { creditNoteTools } from './tools/credit-notes.ts';
import { customerBalanceTools } from './tools/customer-balance.ts';
import { customerTools } from './tools/customers.ts';
import { disputeTools } from './tools/disputes.ts';
import { documentationTools } from './tools/documentation.ts';
import { draftDunningMessage } from './tools/dunning-message.ts';
import { entitlementTools } from './tools/entitlements.ts';
import { eventTools } from './tools/events.ts';
import { fileTools } from './tools/files.ts';
import { objectTools } from './tools/get-object.ts';
import { applyGracePolicy } from './tools/grace-policy.ts';
import { invoiceTools } from './tools/invoices.ts';
import { meterTools } from './tools/meters.ts';
import { paymentIntentTools } from './tools/payment-intents.ts';
import { paymentLinkTools } from './tools/payment-links.ts';
import { paymentMethodTools } from './tools/payment-methods.ts';
import { payoutTools } from './tools/payouts.ts';
import { portalTools } from './tools/portal.ts';
import { priceTools } from './tools/prices.ts';
import { productTools } from './tools/products.ts';
import { promotionCodeTools } from './tools/promotion-codes.ts';
import { quoteTools } from './tools/quotes.ts';
import { radarTools } from './tools/radar.ts';
import { rawReadTools } from './tools/raw-read.ts';
import { refundTools } from './tools/refunds.ts';
import { reportingTools } from './tools/reporting.ts';
import { searchTools } from './tools/search.ts';
import { setupIntentTools } from './tools/setup-intents.ts';
import { sqlTools } from './tools/sql.ts';
import { stripeApprovalTools } from './tools/stripe-approvals.ts';
import { subscriptionTools } from './tools/subscriptions.ts';
import { taxIdTools } from './tools/tax-ids.ts';
import { taxRateTools } from './tools/tax-rates.ts';
import { testClockTools } from './tools/test-clocks.ts';
import { testFixtureTools } from './tools/test-fixture.ts';
import { webhookTools } from './tools/webhook-endpoints.ts';
import { eventView } from './views/event.ts';
import { ensureEndpoint, eventsSince, verifyEvent } from './webhook.ts';

const enteredCredentials = z.strictObject({
  apiKey: z.string().max(1_000),
  account: z.string().trim().max(100).optional(),
});

/** @throws ConnectionProblem `account_malformed` */
function accountId(entered: string): string {
  if (/^acct_[A-Za-z0-9]{3,60}$/.test(entered)) return entered;
  throw new ConnectionProblem(
    'account_malformed',
    'The connected account is no account id: those begin with acct_.',
    'Copy it from Connect → Connected accounts in the Stripe Dashboard, or leave it out.',
  );
}

/** Says which field is wrong; never what stands in it. */
function unreadable(error: z.ZodError): ConnectionProblem {
  const next = 'Send credentials as {"apiKey": "rk_test_…"}.';
  const unknown = error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  if (unknown.length === 0) return new ConnectionProblem('key_missing', 'No key was given.', next);
  const names = cleanForeignStrings(unknown.map((name) => `"${name.slice(0, 60)}"`).join(', '));
  return new ConnectionProblem(
    'credentials_unknown',
    `Stripe takes no ${names}, only "apiKey" and "account".`,
    next,
  );
}

const toolSets: readonly ((desk: Desk) => Tool[])[] = [
  accountTools,
  balanceTools,
  payoutTools,
  customerTools,
  customerBalanceTools,
  taxIdTools,
  paymentMethodTools,
  setupIntentTools,
  portalTools,
  productTools,
  priceTools,
  paymentIntentTools,
  collectTools,
  chargeTools,
  refundTools,
  subscriptionTools,
  invoiceTools,
  disputeTools,
  fileTools,
  radarTools,
  eventTools,
  couponTools,
  promotionCodeTools,
  taxRateTools,
  creditNoteTools,
  quoteTools,
  meterTools,
  creditGrantTools,
  entitlementTools,
  (desk) => [draftDunningMessage(desk), applyGracePolicy(desk)],
  paymentLinkTools,
  checkoutTools,
  searchTools,
  objectTools,
  connectTools,
  stripeApprovalTools,
  webhookTools,
  testClockTools,
  testFixtureTools,
  reportingTools,
  sqlTools,
  documentationTools,
  rawReadTools,
];

function toolsOf(target: ToolTarget): Tool[] {
  const desk = createDesk(target);
  const tools = toolSets.flatMap((toolsFor) => toolsFor(desk));
  return [...tools, checkConnection(desk, tools)];
}

/** Permissions are the same for every account, so any target will do. */
const anyTarget: ToolTarget = {
  ...{ credentials: { apiKey: 'sk_test_none' }, baseUrl: null, mode: 'test', now: () => new Date(0) },
  account: { id: '', name: '', country: null, defaultCurrency: null },
};

/** Stripe: one account, in test or live mode, or a sandbox that speaks its API at another address. */
export const stripeConnection: ConnectionType = {
  type: 'stripe',
  name: 'Stripe',
  description: 'Payments, customers, subscriptions, invoices and disputes of a Stripe account.',
  category: 'payments',
  does: [
    'Answers questions about money, customers and subscriptions',
    'Refunds, bills, changes plans, answers disputes, after your approval',
    'Starts tasks and playbooks when something happens',
  ],
  scopes: [],
  setup: [
    'Open https://dashboard.stripe.com/apikeys and create a restricted key.',
    'Give it the permissions that the connection’s page names; start in test mode.',
  ],
  credentials: [
    {
      name: 'apiKey',
      label: 'Secret or restricted key',
      secret: true,
      placeholder: 'rk_test_… or sk_test_…',
      help: 'From https://dashboard.stripe.com/apikeys. A restricted key with only the permissions you need is safest; start with a test key.',
    },
    {
      name: 'account',
      label: 'Connected account',
      secret: false,
      optional: true,
      placeholder: 'acct_…',
      help: 'Only for platforms (Connect): the account that is acted for with the platform’s key. Each account is a connection of its own.',
    },
  ],
  acceptsBaseUrl: true,
  parseCredentials(entered) {
    const parsed = enteredCredentials.safeParse(entered);
    if (!parsed.success) throw unreadable(parsed.error);
    const { apiKey, account = '' } = parsed.data;
    return { apiKey: parseApiKey(apiKey).secret, ...(account !== '' && { account: accountId(account) }) };
  },
  check: async (target) => cleanForeignStrings(await checkStripe(target, leastFor(toolsOf(anyTarget)))),
  tools: toolsOf,
  reader(target) {
    const desk = createDesk(target);
    return { read: (work, context) => readStripe(desk, work, context) };
  },
  customers: customerLookup,
  askApproval: (target, id) => readStripe(createDesk(target), (api) => askApproval(api, id)),
  events: {
    verify: verifyEvent,
    view: (event) => cleanForeignStrings(eventView(event)),
    ensureEndpoint: (target, wanted) => readStripe(createDesk(target), (api) => ensureEndpoint(api, wanted)),
    since: (target, moment) =>
      readStripe(createDesk(target), async (api) => {
        const events: ReceivedEvent[] = [];
        for await (const event of eventsSince(api, moment)) events.push(event);
        return events;
      }),
  },
  presets: stripePresets,
  suggestions: async (target) => cleanForeignStrings(await suggestRequests(createDesk(target))),
};
