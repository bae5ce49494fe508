import type { JobRunner, Listener, Registry } from './account.ts';
import { chosenVersion } from './account-version.ts';
import { accountResource } from './accounts.ts';
import { alertResource } from './alerts/alert.ts';
import { applePayDomainResource } from './apple-pay-domains.ts';
import { applicationFeeResource } from './application-fees/routes.ts';
import { approvalResource } from './approvals/routes.ts';
import { exchangeRateResource } from './balance/exchange-rate-routes.ts';
import { balanceResource } from './balance/routes.ts';
import { billingPortalResource } from './billing-portal/routes.ts';
import { billingSettingsResource } from './billing-settings.ts';
import { cashBalanceResource } from './cash-balance/routes.ts';
import { chargeResource } from './charges/routes.ts';
import { checkoutResource } from './checkout/routes.ts';
import { confirmationTokenResource } from './confirmation-tokens.ts';
import { applicationResource } from './connect/application.ts';
import { countrySpecResource } from './connect/country-specs.ts';
import { externalAccountResource } from './connect/external-account-routes.ts';
import { accountLinkResource } from './connect/links.ts';
import { personResource } from './connect/person-routes.ts';
import { connectedAccountResource } from './connect/routes.ts';
import { couponResource } from './coupons.ts';
import { creditNoteResource } from './credit-notes/routes.ts';
import { creditResource } from './credits/routes.ts';
import { customerBalanceResource } from './customer-balance.ts';
import { customerSessionResource } from './customer-sessions.ts';
import { customerSourceResource } from './customer-sources.ts';
import { customerResource } from './customers/routes.ts';
import { secrets } from './directory.ts';
import { discountResource } from './discounts.ts';
import { disputeResource } from './disputes/routes.ts';
import { dueJobs } from './due.ts';
import { activeEntitlementResource } from './entitlements/active.ts';
import { featureResource } from './entitlements/feature.ts';
import { productFeatureResource } from './entitlements/product-features.ts';
import { ephemeralKeyResource } from './ephemeral-keys.ts';
import { thinEventResource } from './event-destinations/events.ts';
import { eventDestinationResource } from './event-destinations/routes.ts';
import { eventResource } from './event-routes.ts';
import { fileResource } from './files/routes.ts';
import { identityResource } from './identity/routes.ts';
import { invoiceItemResource } from './invoice-items.ts';
import { renderingTemplateResource } from './invoices/rendering-templates.ts';
import { invoiceResource } from './invoices/routes.ts';
import { issuingResources } from './issuing/routes.ts';
import { mandateResource } from './mandates.ts';
import { meterErrorReports } from './meters/error-reports.ts';
import { meterEventResource } from './meters/event-routes.ts';
import { meterResource } from './meters/meter.ts';
import { meterStreamResource } from './meters/v2-routes.ts';
import { paymentIntentResource } from './payment-intents/routes.ts';
import { paymentLinkResource } from './payment-links/routes.ts';
import { methodConfigurationResource } from './payment-methods/configuration-routes.ts';
import { methodDomainResource } from './payment-methods/domains.ts';
import { paymentMethodResource } from './payment-methods/routes.ts';
import { payoutResource } from './payouts/routes.ts';
import { priceResource } from './prices/routes.ts';
import { productResource } from './products.ts';
import { promotionCodeResource } from './promotion-codes/routes.ts';
import { quoteResource } from './quotes/routes.ts';
import { earlyFraudWarningResource } from './radar/early-fraud-warnings.ts';
import { reviewResource } from './radar/reviews.ts';
import { valueListResource } from './radar/value-lists.ts';
import { refundResource } from './refunds/routes.ts';
import { reportingResource } from './reporting/routes.ts';
import { declare, type Resource } from './resource.ts';
import { searchSettings } from './search-delay.ts';
import { seedMarks } from './seeds/seed.ts';
import { setupAttemptResource } from './setup-intents/attempt.ts';
import { setupIntentResource } from './setup-intents/routes.ts';
import { shippingRateResource } from './shipping-rates.ts';
import type { CollectionSpec, Stored } from './store/collection.ts';
import { scheduleResource } from './subscription-schedules/routes.ts';
import { subscriptionResource } from './subscriptions/routes.ts';
import { taxCodeResource } from './tax/codes.ts';
import { taxIdResource } from './tax/id-routes.ts';
import { taxRateResource } from './tax-rates.ts';
import { testClockResource } from './test-clocks/routes.ts';
import { tokenResource } from './tokens.ts';
import { topupResource } from './topups.ts';
import { transferResource } from './transfers/routes.ts';
import { unfilledResource } from './unfilled.ts';
import { webhookEndpointResource } from './webhooks/routes.ts';
import type { Expansions } from './wire/expand.ts';
import { rememberedAnswers } from './wire/idempotency.ts';

const own: Resource = {
  collections: [
    declare(chosenVersion),
    declare(searchSettings),
    declare(dueJobs),
    declare(rememberedAnswers),
    declare(secrets),
    declare(seedMarks),
  ],
};

/** Everything the sandbox offers. A new resource adds its line here. */
export const resources: readonly Resource[] = [
  own,
  accountResource,
  applePayDomainResource,
  applicationFeeResource,
  approvalResource,
  balanceResource,
  exchangeRateResource,
  billingSettingsResource,
  chargeResource,
  connectedAccountResource,
  accountLinkResource,
  countrySpecResource,
  externalAccountResource,
  personResource,
  couponResource,
  creditNoteResource,
  creditResource,
  customerBalanceResource,
  discountResource,
  invoiceItemResource,
  subscriptionResource,
  // Before invoices: it brings the fixed path /v1/invoices/create_preview.
  scheduleResource,
  invoiceResource,
  renderingTemplateResource,
  // After invoices and subscriptions: it hears of a payment when they have.
  checkoutResource,
  billingPortalResource,
  promotionCodeResource,
  taxCodeResource,
  taxIdResource,
  taxRateResource,
  customerResource,
  disputeResource,
  ...issuingResources,
  ephemeralKeyResource,
  eventDestinationResource,
  activeEntitlementResource,
  alertResource,
  eventResource,
  featureResource,
  productFeatureResource,
  fileResource,
  identityResource,
  meterErrorReports,
  meterEventResource,
  thinEventResource,
  meterResource,
  meterStreamResource,
  paymentIntentResource,
  paymentLinkResource,
  methodConfigurationResource,
  methodDomainResource,
  paymentMethodResource,
  payoutResource,
  priceResource,
  productResource,
  quoteResource,
  refundResource,
  reportingResource,
  setupIntentResource,
  topupResource,
  transferResource,
  webhookEndpointResource,
  testClockResource,
  shippingRateResource,
  confirmationTokenResource,
  customerSessionResource,
  cashBalanceResource,
  customerSourceResource,
  earlyFraudWarningResource,
  reviewResource,
  valueListResource,
  mandateResource,
  setupAttemptResource,
  tokenResource,
  applicationResource,
  unfilledResource,
];

/** What accounts need to know of the resources. */
export function registryOf(all: readonly Resource[]): Registry {
  const collections = new Map<string, CollectionSpec<Stored>>();
  const jobs = new Map<string, JobRunner>();
  const listeners = new Map<string, Listener[]>();
  for (const resource of all) {
    for (const spec of resource.collections ?? [])
      collections.set(spec.name, spec as unknown as CollectionSpec<Stored>);
    for (const [kind, run] of Object.entries(resource.jobs ?? {})) jobs.set(kind, run);
    for (const [type, listen] of Object.entries(resource.listeners ?? {})) {
      listeners.set(type, [...(listeners.get(type) ?? []), listen]);
    }
  }
  return { collections, jobs, listeners };
}

/** All expansion rules by object type; two resources may add fields to one type. */
export function expansionsOf(all: readonly Resource[]): Expansions {
  const rules: Record<string, Expansions[string]> = {};
  for (const resource of all) {
    for (const [type, fields] of Object.entries(resource.expand ?? {}))
      rules[type] = { ...rules[type], ...fields };
  }
  return rules;
}
