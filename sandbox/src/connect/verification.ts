import type Stripe from 'stripe';
import type { Wire } from '../wire/shapes.ts';

/**
 * Stripe's published test values that fail a check (docs.stripe.com/connect/testing). The sandbox has no register to
 * look anybody up in: every other value passes.
 */
type ErrorCode = Wire<Stripe.Account.Requirements.Error.Code>;
type RequirementError = Wire<Stripe.Account.Requirements.Error>;

interface Check {
  readonly field: string;
  readonly read: (account: Wire<Stripe.Account>) => string | null | undefined;
  readonly failing: Readonly<Record<string, { readonly code: ErrorCode; readonly reason: string }>>;
}

const checks: readonly Check[] = [
  {
    field: 'business_profile.url',
    read: (account) => account.business_profile?.url?.replace(/\/$/, ''),
    failing: {
      'https://disallowed.stripe.com': {
        code: 'invalid_url_denylisted',
        reason: 'The provided URL matches a generic or well-known business.',
      },
      'https://geoblocked.stripe.com': {
        code: 'invalid_url_website_inaccessible_geoblocked',
        reason: 'The provided URL could not be reached because it is geoblocked.',
      },
      'https://problem.stripe.com': {
        code: 'invalid_url_website_other',
        reason: 'The provided URL could not be verified.',
      },
      'https://missing.stripe.com': {
        code: 'invalid_url_website_incomplete',
        reason: 'The website at the provided URL is missing information.',
      },
      'https://mismatch.stripe.com': {
        code: 'invalid_url_website_business_information_mismatch',
        reason: 'The website does not match the business information of the account.',
      },
      'https://passwordprotected.stripe.com': {
        code: 'invalid_url_website_inaccessible_password_protected',
        reason: 'The website at the provided URL is protected by a password.',
      },
      'https://underconstruction.stripe.com': {
        code: 'invalid_url_website_incomplete_under_construction',
        reason: 'The website at the provided URL is under construction.',
      },
      'https://inaccessible.stripe.com': {
        code: 'invalid_url_website_inaccessible',
        reason: 'The provided URL could not be reached.',
      },
    },
  },
  {
    field: 'business_profile.name',
    read: (account) => account.business_profile?.name,
    failing: {
      disallowed_dba: {
        code: 'invalid_business_profile_name_denylisted',
        reason: 'The business name matches a generic or well-known business.',
      },
      invalid_dba: {
        code: 'invalid_business_profile_name',
        reason: 'The business name is not valid.',
      },
    },
  },
  {
    field: 'business_profile.product_description',
    read: (account) => account.business_profile?.product_description,
    failing: {
      require_url: {
        code: 'invalid_url_web_presence_detected',
        reason: 'The product description was given although the business has a website.',
      },
    },
  },
  {
    field: 'company.name',
    read: (account) => account.company?.name,
    failing: {
      disallowed_name: {
        code: 'invalid_company_name_denylisted',
        reason: 'The business name matches a generic or well-known business.',
      },
      match_name_only: {
        code: 'verification_failed_name_match',
        reason: 'The name of the business could not be matched.',
      },
    },
  },
  {
    field: 'company.address.line1',
    read: (account) => account.company?.address?.line1,
    failing: {
      address_no_match: {
        code: 'verification_failed_address_match',
        reason: 'The address of the business could not be matched.',
      },
      address_line1_no_match: {
        code: 'invalid_street_address',
        reason: 'The street name and number of the business could not be matched.',
      },
    },
  },
  {
    field: 'settings.payments.statement_descriptor',
    read: (account) => account.settings?.payments.statement_descriptor,
    failing: {
      mismatch: {
        code: 'invalid_statement_descriptor_business_mismatch',
        reason: 'The statement descriptor does not resemble the business name or URL.',
      },
      disallowed: {
        code: 'invalid_statement_descriptor_denylisted',
        reason: 'The statement descriptor matches a generic or well-known business.',
      },
    },
  },
];

/** What of an account's own details fails Stripe's checks. */
export function failedChecks(account: Wire<Stripe.Account>): RequirementError[] {
  return checks.flatMap(({ field, read, failing }) => {
    const value = read(account);
    const failure = value && Object.hasOwn(failing, value) ? failing[value] : undefined;
    return failure ? [{ ...failure, requirement: field }] : [];
  });
}

/** Whether a company's tax id is one of those that never match; null for one that does. */
export function taxIdFailure(taxId: string): RequirementError | null {
  if (taxId === '111111111')
    return {
      code: 'verification_failed_tax_id_match',
      reason: 'The company name and tax ID could not be matched.',
      requirement: 'company.tax_id',
    };
  if (taxId === '111111112')
    return {
      code: 'verification_failed_tax_id_not_issued',
      reason: 'The tax ID was not issued.',
      requirement: 'company.tax_id',
    };
  return null;
}

/** How a person's particulars check out; a document outweighs what was typed. */
export function judgePerson(given: {
  /** Name, birth and address are there, so that there is something to check. */
  readonly isKnown: boolean;
  readonly idNumber: string | undefined;
  readonly line1: string | null | undefined;
  readonly document: string | null;
  readonly before: Wire<Stripe.Person.Verification> | undefined;
}): Pick<Wire<Stripe.Person.Verification>, 'status' | 'details' | 'details_code'> {
  if (given.document === 'file_identity_document_failure') return unverified('document_failed_other');
  if (given.document !== null) return verified;
  if (given.idNumber === '111111111') return unverified('failed_keyed_identity');
  if (given.line1 === 'address_no_match' || given.line1 === 'address_line1_no_match')
    return unverified('failed_address_match');
  if (given.before?.details_code === 'failed_keyed_identity' && given.idNumber === undefined)
    return unverified('failed_keyed_identity');
  return given.isKnown ? verified : { ...verified, status: 'unverified' };
}

const verified = { status: 'verified', details: null, details_code: null } as const;

function unverified(code: keyof typeof reasons) {
  return { status: 'unverified', details: reasons[code].reason, details_code: code };
}

const reasons = {
  document_failed_other: {
    code: 'verification_document_failed_other',
    reason: 'The document could not be verified. Upload a different one.',
  },
  failed_keyed_identity: {
    code: 'verification_failed_keyed_identity',
    reason:
      'Name, date of birth or ID number could not be verified. Correct them, or upload a document that matches them.',
  },
  failed_address_match: {
    code: 'verification_failed_address_match',
    reason: 'The address could not be verified. Correct it, or upload a document that shows it.',
  },
} as const satisfies Record<string, { readonly code: ErrorCode; readonly reason: string }>;

/** What a person's failed verification asks for. */
export function personFailure(person: Wire<Stripe.Person>): RequirementError | null {
  const code = person.verification?.details_code;
  const failure = code && Object.hasOwn(reasons, code) ? reasons[code as keyof typeof reasons] : undefined;
  return failure ? { ...failure, requirement: 'verification.document' } : null;
}
