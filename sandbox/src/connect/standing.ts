import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { awaitMorning } from '../balance/mornings.ts';
import { emit, previousAttributes } from '../events.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { embeddedList } from '../wire/pages.ts';
import type { Wire } from '../wire/shapes.ts';
import { connectedAccounts } from './connected-account.ts';
import { destinationsOf } from './external-accounts.ts';
import { peopleOf, persons } from './persons.ts';
import { type Known, type Missing, missingFor, missingOf, type Purpose } from './requirements.ts';

/** What a connected account's object does not show, and what its standing is computed from. */
export interface AccountFacts {
  /** The account's id. */
  readonly id: string;
  /** Capability → when it was requested, in seconds; null once it is no longer. */
  readonly capabilities: Readonly<Record<string, number | null>>;
  /** The hosted form was gone through to its end. */
  readonly onboarded: boolean;
  readonly rejected: { readonly reason: string; readonly pausesPayouts: boolean } | null;
  readonly taxIdFailure: Known['taxIdFailure'];
}
/** Kept with the connected account. */
export const accountFacts: CollectionSpec<AccountFacts> = { name: 'account_facts', indexes: {} };

export function factsOf(account: Account): AccountFacts {
  const fresh = { id: account.id, capabilities: {}, onboarded: false, rejected: null, taxIdFailure: null };
  return account.of(accountFacts).get(account.id) ?? fresh;
}

/**
 * Keeps a connected account's new particulars: what is due, what is active and what is enabled follow from them and
 * from its people and bank accounts, and every change is told by its event.
 */
export function settle(account: Account, particulars: Wire<Stripe.Account>): Wire<Stripe.Account> {
  const { platform } = account;
  if (!platform) throw new Error(`${account.id} is connected to no platform`);
  const before = platform.of(connectedAccounts).get(account.id);
  const known: Known = {
    account: particulars,
    persons: peopleOf(account),
    taxIdFailure: factsOf(account).taxIdFailure,
  };
  tellPeople(account, known);
  const next = standingOf(account, particulars, { ...known, persons: peopleOf(account) });
  platform.of(connectedAccounts).put(next);
  awaitMorning(account);
  if (!before || before.deleted) return next;
  for (const name of Object.keys(factsOf(account).capabilities)) {
    const old = before.capabilities && statusIn(before.capabilities, name);
    if (next.capabilities && statusIn(next.capabilities, name) !== old)
      emit(account, 'capability.updated', capabilityOf(account, next, name), {
        status: old ?? 'unrequested',
      });
  }
  const previous = previousAttributes(before, next);
  if (Object.keys(previous).length > 0) emit(account, 'account.updated', next, previous);
  return next;
}

/** A capability of a connected account as its endpoints answer it. */
export function capabilityOf(
  account: Account,
  details: Wire<Stripe.Account>,
  name: string,
): Wire<Stripe.Capability> {
  const facts = factsOf(account);
  const requestedAt = facts.capabilities[name];
  const known = { account: details, persons: peopleOf(account), taxIdFailure: facts.taxIdFailure };
  const missing = requestedAt ? missingFor(known, purposeOf(name)) : nothing;
  const status = details.capabilities ? statusIn(details.capabilities, name) : undefined;
  const disabled = facts.rejected ? 'rejected.other' : 'requirements.fields_needed';
  return {
    id: name,
    object: 'capability',
    account: account.id,
    future_requirements: { ...noRequirements, currently_due: [], disabled_reason: null },
    requested: Boolean(requestedAt),
    requested_at: requestedAt ?? null,
    requirements: {
      alternatives: alternativesOf(missing.fields),
      current_deadline: null,
      currently_due: [...missing.fields],
      disabled_reason: requestedAt && status !== 'active' ? disabled : null,
      errors: [...missing.errors],
      eventually_due: [...missing.fields],
      past_due: [...missing.fields],
      pending_verification: [],
    },
    status: status ?? 'unrequested',
  };
}

function standingOf(account: Account, particulars: Wire<Stripe.Account>, known: Known): Wire<Stripe.Account> {
  const facts = factsOf(account);
  const destinations = destinationsOf(account);
  const wanted = Object.entries(facts.capabilities);
  const missing = wanted.flatMap(([name, at]) => (at === null ? [] : [missingFor(known, purposeOf(name))]));
  const statuses = wanted.map(([name, at]): [string, string] => {
    const isComplete =
      name === 'legacy_payments' ||
      (missingFor(known, purposeOf(name)).fields.length === 0 && isSubmitted(particulars, facts));
    return [name, at !== null && isComplete && !facts.rejected ? 'active' : 'inactive'];
  });
  const isActive = statuses.some(([, status]) => status === 'active');
  const fields = [...new Set(missing.flatMap((one) => one.fields))].sort();
  const due = destinations.length === 0 ? [...fields, 'external_account'].sort() : fields;
  const wasActive = isActive || Boolean(facts.rejected);
  return {
    ...particulars,
    capabilities: Object.fromEntries(statuses),
    charges_enabled: isActive,
    details_submitted: isOurs(particulars) ? fields.length === 0 && wanted.length > 0 : facts.onboarded,
    external_accounts: embeddedList(destinations, `/v1/accounts/${account.id}/external_accounts`),
    ...(particulars.business_type === 'individual' && known.persons[0]
      ? { individual: known.persons[0] }
      : {}),
    payouts_enabled:
      destinations.length > 0 && (isActive || (facts.rejected !== null && !facts.rejected.pausesPayouts)),
    requirements: {
      alternatives: alternativesOf(due),
      current_deadline: null,
      currently_due: due,
      disabled_reason: disabledReason(facts, wanted.length > 0, due, isActive),
      errors: missing[0] ? [...missing[0].errors] : [],
      eventually_due: [...due, ...laterOf(known)].sort(),
      past_due: wasActive ? [] : due,
      pending_verification: [],
    },
    future_requirements: { ...noRequirements, currently_due: [], disabled_reason: null },
  };
}

/** Whether the platform itself collects what is due, as for Custom accounts; else Stripe's hosted form does. */
export function isOurs(details: Wire<Stripe.Account>): boolean {
  return details.controller?.requirement_collection === 'application';
}

function isSubmitted(details: Wire<Stripe.Account>, facts: AccountFacts): boolean {
  return isOurs(details) || facts.onboarded;
}

/** Capabilities that only let money in from the platform ask for less. */
function purposeOf(capability: string): Purpose {
  return /^(transfers|legacy_payments|tax_reporting_.*|app_distribution)$/.test(capability)
    ? 'transfers'
    : 'payments';
}

function disabledReason(
  facts: AccountFacts,
  isAskedFor: boolean,
  due: readonly string[],
  isActive: boolean,
): Wire<Stripe.Account.Requirements.DisabledReason> | null {
  if (facts.rejected) return rejections[facts.rejected.reason] ?? 'rejected.other';
  if (!isAskedFor) return 'action_required.requested_capabilities';
  return isActive || due.length === 0 ? null : 'requirements.past_due';
}

const rejections: Readonly<Record<string, Wire<Stripe.Account.Requirements.DisabledReason>>> = {
  credit: 'rejected.platform_other',
  fraud: 'rejected.fraud',
  fraud_no_intent_to_fulfill: 'rejected.platform_fraud',
  fraud_other: 'rejected.platform_fraud',
  fraud_payment_method_casher: 'rejected.platform_fraud',
  fraud_payment_method_tester: 'rejected.platform_fraud',
  other: 'rejected.platform_other',
  terms_of_service: 'rejected.platform_terms_of_service',
};

/** American accounts that gave four digits owe the whole number some day. */
function laterOf(known: Known): string[] {
  if (known.account.country !== 'US') return [];
  return known.persons
    .filter((person) => person.ssn_last_4_provided && !person.id_number_provided)
    .map((person) => `${known.account.business_type === 'individual' ? 'individual' : person.id}.id_number`);
}

function alternativesOf(due: readonly string[]): Wire<Stripe.Account.Requirements.Alternative>[] {
  return due.flatMap((field) => {
    const other = field.endsWith('.ssn_last_4')
      ? field.replace(/ssn_last_4$/, 'verification.document')
      : field === 'business_profile.url'
        ? 'business_profile.product_description'
        : null;
    return other === null ? [] : [{ alternative_fields_due: [other], original_fields_due: [field] }];
  });
}

/** What each person still owes stands with the person, too. */
function tellPeople(account: Account, known: Known): void {
  for (const person of known.persons) {
    const missing = missingOf(person, known, 'payments');
    const requirements: Wire<Stripe.Person.Requirements> = {
      alternatives: [],
      currently_due: [...missing.fields],
      errors: [...missing.errors],
      eventually_due: [...missing.fields],
      past_due: [],
      pending_verification: [],
    };
    const next = { ...person, requirements };
    if (Object.keys(previousAttributes(person, next)).length > 0) account.of(persons).put(next);
  }
}

type Status = Wire<Stripe.Capability.Status>;
function statusIn(capabilities: Wire<Stripe.Account.Capabilities>, name: string): Status | undefined {
  return new Map<string, Status>(Object.entries(capabilities)).get(name);
}

const nothing: Missing = { fields: [], errors: [] };
const noRequirements = {
  alternatives: [],
  current_deadline: null,
  errors: [],
  eventually_due: [],
  past_due: [],
  pending_verification: [],
};
