import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { addressOf } from '../addresses.ts';
import { create, update } from '../events.ts';
import { fileFor } from '../files/file.ts';
import { given, refused } from '../resource.ts';
import { applyMetadata } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { requireDocument } from './documents.ts';
import { addExternalAccount, externalAccounts } from './external-accounts.ts';
import { type AccountParams, type CompanyParams, capabilityNames } from './params.ts';
import { changedPerson, newPerson, type PersonParams, peopleOf, persons } from './persons.ts';
import { changedSettings } from './settings.ts';
import { accountFacts, factsOf, isOurs } from './standing.ts';
import { taxIdFailure } from './verification.ts';

/**
 * A connected account's particulars after the changes that a request asks for; its people, bank accounts and requested
 * capabilities are changed on the way. `settle` then keeps the particulars.
 */
export function applyChanges(
  account: Account,
  before: Wire<Stripe.Account>,
  params: AccountParams,
): Wire<Stripe.Account> {
  const {
    business_profile: profile,
    company,
    individual,
    tos_acceptance: terms,
    external_account: bank,
  } = params;
  if (terms && (terms.date !== undefined || terms.ip !== undefined) && !isOurs(before))
    throw refused(
      'tos_acceptance',
      'You cannot accept the Terms of Service on behalf of Standard and Express connected accounts.',
    );
  if (individual && (params.business_type ?? before.business_type ?? 'individual') !== 'individual')
    throw refused(
      'individual',
      'You cannot provide `individual` for an account whose `business_type` is not `individual`.',
    );
  requestCapabilities(
    account,
    params.capabilities,
    terms?.service_agreement ?? before.tos_acceptance?.service_agreement,
  );
  requireDocument(account, company?.verification?.document, 'company[verification][document]');
  requireBranding(account, params.settings?.branding);
  if (individual) changeIndividual(account, individual);
  if (bank !== undefined) replaceDefault(account, bank);
  if (company?.tax_id !== undefined)
    account.of(accountFacts).put({ ...factsOf(account), taxIdFailure: taxIdFailure(company.tax_id) });
  const { support_address: support, ...profileRest } = profile ?? {};
  const next: Wire<Stripe.Account> = {
    ...before,
    ...given({
      business_type: params.business_type ?? (individual ? 'individual' : undefined),
      default_currency: params.default_currency,
      email: params.email,
    }),
    ...(params.groups ? { groups: { payments_pricing: params.groups.payments_pricing ?? null } } : {}),
    business_profile: {
      ...emptyProfile,
      ...before.business_profile,
      ...given(profileRest),
      ...(support ? { support_address: addressOf(given(support)) } : {}),
    },
    ...(company ? { company: changedCompany(before.company ?? {}, company) } : {}),
    metadata: applyMetadata(before.metadata ?? {}, params.metadata),
    settings: before.settings
      ? changedSettings(before.settings, params.settings, before.country ?? 'US')
      : null,
    tos_acceptance: { ...before.tos_acceptance, ...given(terms ?? {}) },
  };
  return withDescriptor(next);
}

/** Notes which capabilities are wanted from now on, and which no more. Throws Stripe's refusals. */
export function requestCapabilities(
  account: Account,
  wanted: AccountParams['capabilities'],
  agreement: string | undefined,
): void {
  if (!wanted) return;
  const facts = factsOf(account);
  const capabilities = { ...facts.capabilities };
  for (const [name, { requested }] of Object.entries(wanted)) {
    requireCapability(name);
    if (agreement === 'recipient' && requested && name !== 'transfers')
      throw refused(
        `capabilities[${name}]`,
        `Accounts under the \`recipient\` service agreement can only request the \`transfers\` capability, not \`${name}\`.`,
      );
    if (requested === true) capabilities[name] = capabilities[name] ?? account.now();
    if (requested === false && name in capabilities) capabilities[name] = null;
  }
  account.of(accountFacts).put({ ...facts, capabilities });
}

/** Throws Stripe's refusal of a capability it does not have. */
export function requireCapability(name: string): void {
  if (!capabilityNames.some((known) => known === name))
    throw refused(
      `capabilities[${name}]`,
      `Received unknown parameter: capabilities[${name}]`,
      'parameter_unknown',
    );
}

/** The one person of an individual's account, made when first told about. */
function changeIndividual(account: Account, params: PersonParams): void {
  const [known] = peopleOf(account);
  const next = changedPerson(account, known ?? newPerson(account), params);
  if (known) update<Wire<Stripe.Person> | Stripe.DeletedPerson>(account, persons, next, 'person.updated');
  else create<Wire<Stripe.Person> | Stripe.DeletedPerson>(account, persons, next, 'person.created');
}

/** An `external_account` of the account itself takes the place of the default in its currency. */
function replaceDefault(account: Account, input: NonNullable<AccountParams['external_account']>): void {
  const added = addExternalAccount(account, input, { isDefault: true });
  for (const other of account.of(externalAccounts).oldestFirst()) {
    if (other.deleted || other.id === added.id || other.currency !== added.currency) continue;
    const { id, object, currency = null } = other;
    account
      .of(externalAccounts)
      .put(
        object === 'card' ? { id, object, currency, deleted: true } : { id, object, currency, deleted: true },
      );
  }
}

/** Throws Stripe's refusals of an icon or a logo that is no file for it. */
function requireBranding(
  account: Account,
  branding: { readonly icon?: string | null; readonly logo?: string | null } | undefined,
): void {
  if (branding?.icon) fileFor(account, branding.icon, ['business_icon'], 'settings[branding][icon]');
  if (branding?.logo) fileFor(account, branding.logo, ['business_logo'], 'settings[branding][logo]');
}

function changedCompany(
  before: Wire<Stripe.Account.Company>,
  params: CompanyParams,
): Wire<Stripe.Account.Company> {
  const {
    address,
    address_kana: kana,
    address_kanji: kanji,
    administrative_address: administrative,
    physical_address: physical,
    principal_place_of_business: principal,
    directorship_declaration: directorship,
    ownership_declaration: ownership,
    representative_declaration: representative,
    ownership_exemption_reason: exemption,
    registration_date: registered,
    registration_number: _number,
    structure,
    tax_id: taxId,
    vat_id: vatId,
    verification,
    ...plain
  } = params;
  const document = { back: null, details: null, details_code: null, front: null };
  return {
    ...before,
    ...given(plain),
    ...(address ? { address: { ...addressOf(before.address ?? {}), ...given(address) } } : {}),
    ...(kana ? { address_kana: { town: null, ...addressOf({}), ...given(kana) } } : {}),
    ...(kanji ? { address_kanji: { town: null, ...addressOf({}), ...given(kanji) } } : {}),
    ...(administrative ? { administrative_address: addressOf(given(administrative)) } : {}),
    ...(physical ? { physical_address: addressOf(given(physical)) } : {}),
    ...(principal ? { principal_place_of_business: addressOf(given(principal)) } : {}),
    ...(directorship ? { directorship_declaration: { ...undeclared, ...given(directorship) } } : {}),
    ...(ownership ? { ownership_declaration: { ...undeclared, ...given(ownership) } } : {}),
    ...(representative ? { representative_declaration: { ...undeclared, ...given(representative) } } : {}),
    ...(exemption ? { ownership_exemption_reason: exemption } : {}),
    ...(registered ? { registration_date: registered } : {}),
    ...(structure ? { structure } : {}),
    ...(taxId === undefined ? {} : { tax_id_provided: true }),
    ...(vatId === undefined ? {} : { vat_id_provided: true }),
    ...(verification?.document
      ? {
          verification: {
            document: { ...document, ...before.verification?.document, ...given(verification.document) },
          },
        }
      : {}),
  };
}

const undeclared = { date: null, ip: null, user_agent: null };

/** Without a descriptor of its own an account gets one from its name or address on the web, as Stripe fills it in. */
function withDescriptor(details: Wire<Stripe.Account>): Wire<Stripe.Account> {
  const { settings, business_profile: profile } = details;
  if (!settings || settings.payments.statement_descriptor) return details;
  const host =
    profile?.url && URL.canParse(profile.url) ? new URL(profile.url).host.replace(/^www\./, '') : '';
  const text = (profile?.name || host)
    .replaceAll(/[<>\\'"*]/g, '')
    .toUpperCase()
    .slice(0, 22);
  if (text.length < 5) return details;
  return {
    ...details,
    settings: { ...settings, payments: { ...settings.payments, statement_descriptor: text } },
  };
}

export const emptyProfile: Wire<Stripe.Account.BusinessProfile> = {
  annual_revenue: null,
  estimated_worker_count: null,
  mcc: null,
  minority_owned_business_designation: null,
  name: null,
  product_description: null,
  specified_commercial_transactions_act_url: null,
  support_address: null,
  support_email: null,
  support_phone: null,
  support_url: null,
  url: null,
};
