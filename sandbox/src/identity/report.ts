import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';
import type { VerificationSession } from './session.ts';

export type VerificationReport = Wire<Stripe.Identity.VerificationReport>;

/** Why somebody was not verified, as `last_error` says it. */
export type Refusal = Narrowed<NonNullable<VerificationSession['last_error']>, { code: RefusalCode }>;
type RefusalCode = NonNullable<NonNullable<VerificationSession['last_error']>['code']>;

/** Whom every verified session is of: the person of Stripe's examples. */
const person = {
  address: {
    city: 'San Francisco',
    country: 'US',
    line1: '1234 Main St.',
    line2: null,
    postal_code: '94111',
    state: 'CA',
  },
  dob: { day: 1, month: 1, year: 1990 },
  first_name: 'Jenny',
  last_name: 'Rosen',
} as const;
const papers = {
  id_number: '000000000',
  number: '123456789',
  issued_date: { day: 1, month: 1, year: 2024 },
  expiration_date: { day: 1, month: 1, year: 2034 },
} as const;
const nobody = { first_name: null, last_name: null } as const;

export const verificationReports: CollectionSpec<VerificationReport, 'verification_session'> = {
  name: 'identity_verification_reports',
  indexes: { verification_session: (report) => report.verification_session },
};

/** Writes down what the checks of a session came to. Answers the report's id. */
export function fileReport(account: Account, session: VerificationSession, refusal: Refusal | null): string {
  const isDocument = session.type === 'document';
  const { document, id_number } = session.options ?? {};
  const report: VerificationReport = {
    id: newId('vr', 24),
    object: 'identity.verification_report',
    client_reference_id: session.client_reference_id,
    created: account.now(),
    ...(isDocument ? { document: documentPart(refusal) } : {}),
    ...(isDocument && !document?.require_id_number ? {} : { id_number: numberPart(refusal) }),
    livemode: account.livemode,
    options: { ...(document ? { document } : {}), ...(id_number ? { id_number } : {}) },
    ...(document?.require_matching_selfie ? { selfie: selfiePart(refusal) } : {}),
    type: session.type,
    verification_session: session.id,
  };
  return account.of(verificationReports).put(report).id;
}

/** A refusal counts for the check that it is about; the others are then not verified either, without a reason of their own. */
function partOf<Code extends string>(refusal: Refusal | null, isAbout: (code: string) => code is Code) {
  const { code, reason } = refusal ?? { code: null, reason: null };
  return {
    error: code !== null && isAbout(code) ? { code, reason } : null,
    status: refusal === null ? ('verified' as const) : ('unverified' as const),
  };
}

type DocumentCode = 'document_expired' | 'document_type_not_supported' | 'document_unverified_other';
type NumberCode =
  | 'id_number_insufficient_document_data'
  | 'id_number_mismatch'
  | 'id_number_unverified_other';
type SelfieCode =
  | 'selfie_document_missing_photo'
  | 'selfie_face_mismatch'
  | 'selfie_manipulated'
  | 'selfie_unverified_other';
const isDocumentCode = (code: string): code is DocumentCode => code.startsWith('document_');
const isNumberCode = (code: string): code is NumberCode => code.startsWith('id_number_');
const isSelfieCode = (code: string): code is SelfieCode => code.startsWith('selfie_');

function documentPart(refusal: Refusal | null) {
  const { first_name, last_name } = refusal ? nobody : person;
  return {
    ...partOf(refusal, isDocumentCode),
    address: refusal ? null : person.address,
    files: null,
    first_name,
    issued_date: refusal ? null : papers.issued_date,
    issuing_country: refusal ? null : 'US',
    last_name,
    type: refusal ? null : ('driving_license' as const),
  };
}

function numberPart(refusal: Refusal | null) {
  const { first_name, last_name } = refusal ? nobody : person;
  const id_number_type = refusal ? null : ('us_ssn' as const);
  return { ...partOf(refusal, isNumberCode), first_name, id_number_type, last_name };
}

function selfiePart(refusal: Refusal | null) {
  return { ...partOf(refusal, isSelfieCode), document: null, selfie: null };
}

/** What a session answers of somebody where that is asked for; null while nobody is verified, and once it is redacted. */
export function outputsOf(session: VerificationSession): VerificationSession['verified_outputs'] {
  if (session.status !== 'verified' || session.redaction !== null) return null;
  const isNumbered = session.type === 'id_number' || session.options?.document?.require_id_number === true;
  return {
    ...person,
    email: session.provided_details?.email ?? null,
    id_number: isNumbered ? papers.id_number : null,
    id_number_type: isNumbered ? 'us_ssn' : null,
    phone: session.provided_details?.phone ?? null,
    sex: null,
  };
}

type Part = 'document' | 'id_number';

/** Particulars of a report that Stripe answers only where they are asked for, by their place in it. */
export const onRequest: Readonly<Record<string, readonly [Part, unknown]>> = {
  'document.dob': ['document', person.dob],
  'document.expiration_date': ['document', papers.expiration_date],
  'document.number': ['document', papers.number],
  'id_number.dob': ['id_number', person.dob],
  'id_number.id_number': ['id_number', papers.id_number],
};

/** One of them, where the report knows somebody. */
export function particular(report: VerificationReport, [part, value]: readonly [Part, unknown]): unknown {
  return report[part]?.first_name === person.first_name ? value : null;
}

/** Takes somebody's particulars out of a report. */
export function forgetReport(account: Account, id: string | null): void {
  const report = id === null ? undefined : account.of(verificationReports).get(id);
  if (!report) return;
  const { document, id_number } = report;
  const redacted = { first_name: '[redacted]', last_name: '[redacted]' };
  account.of(verificationReports).put({
    ...report,
    ...(document ? { document: { ...document, ...redacted, address: null, issued_date: null } } : {}),
    ...(id_number ? { id_number: { ...id_number, ...redacted } } : {}),
    client_reference_id: null,
  });
}
