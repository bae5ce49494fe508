import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { advance, update } from '../events.ts';
import { randomText } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';
import { fileReport, forgetReport, type Refusal } from './report.ts';

// requires_input ──(somebody submits)──▶ processing ──▶ verified
//        ▲  │                                │
//        │  └─cancel─▶ canceled              └─(refused)─▶ requires_input, with last_error
// Anything but processing can be redacted; what still waits for somebody is canceled by it.

export type VerificationSession = Wire<Stripe.Identity.VerificationSession>;
type Status = VerificationSession['status'];

export const verificationSessions: CollectionSpec<VerificationSession, 'related_customer' | 'status'> = {
  name: 'identity_verification_sessions',
  indexes: {
    related_customer: (session) => session.related_customer,
    status: (session) => session.status,
  },
};

/** What is known of a session's page and is answered to nobody. */
interface Visit {
  /** The session's id. */
  readonly id: string;
  /** Until when the page opens, in seconds since 1970. */
  readonly open_until: number;
  readonly return_url: string | null;
  /** How a submission that is being looked at will end; null is that everything is right. */
  readonly refusal: Refusal | null;
}
export const visits: CollectionSpec<Visit> = { name: 'identity_visits', indexes: {} };

/** How long a page opens, and how long checks and redactions take. Stripe takes minutes for the one, days for the other. */
const pageSeconds = 2 * day;
const checkSeconds = 1;

export const checkJob = 'identity.check';
export const redactJob = 'identity.redact';
export const sessionPagePath = '/_sandbox/identity/:account/:id/:secret';

/** Opens the page of a session, at an address that is new each time that somebody has to come. */
export function entrance(
  account: Account,
  id: string,
  returnUrl: string | null,
): Pick<VerificationSession, 'client_secret' | 'url'> {
  const secret = randomText(48);
  const path = sessionPagePath.replace(':account', account.address).replace(':id', id);
  account
    .of(visits)
    .put({ id, open_until: account.now() + pageSeconds, return_url: returnUrl, refusal: null });
  return {
    client_secret: `${id}_secret_${account.livemode ? 'live' : 'test'}_${secret}`,
    url: account.origin() + path.replace(':secret', secret),
  };
}

const closed = { client_secret: null, url: null } as const;

/** Somebody went through the page. Consent that is refused ends it at once; anything else is looked at first. */
export function submit(account: Account, session: VerificationSession, refusal: Refusal | null): void {
  if (refusal?.code === 'consent_declined') {
    sendBack(account, session, refusal);
    return;
  }
  const visit = account.of(visits).get(session.id);
  if (visit) account.of(visits).put({ ...visit, refusal });
  account.schedule(account.now() + checkSeconds, checkJob, session.id);
  advance(
    account,
    verificationSessions,
    { ...session, ...closed, last_error: null, status: 'processing' },
    'identity.verification_session.processing',
  );
}

/** The checks are over. Runs as a due job. */
export function finishCheck(account: Account, id: string): void {
  const session = account.of(verificationSessions).get(id);
  if (session?.status !== 'processing') return;
  const refusal = account.of(visits).get(id)?.refusal ?? null;
  const checked = { ...session, last_verification_report: fileReport(account, session, refusal) };
  if (refusal) sendBack(account, checked, refusal);
  else
    advance(
      account,
      verificationSessions,
      { ...checked, status: 'verified' },
      'identity.verification_session.verified',
    );
}

function sendBack(account: Account, session: VerificationSession, refusal: Refusal): void {
  const returnUrl = account.of(visits).get(session.id)?.return_url ?? null;
  advance(
    account,
    verificationSessions,
    {
      ...session,
      ...entrance(account, session.id, returnUrl),
      last_error: refusal,
      status: 'requires_input',
    },
    'identity.verification_session.requires_input',
  );
}

/** Throws Stripe's 400 unless the session is in one of the states in which this can be done. */
export function requireStatus(
  session: VerificationSession,
  doing: string,
  done: string,
  allowed: readonly Status[],
): void {
  if (session.redaction !== null)
    throw invalidRequest(`You cannot ${doing} this VerificationSession because it has been redacted.`);
  if (!allowed.includes(session.status))
    throw invalidRequest(
      `You cannot ${doing} this VerificationSession because it has a status of ${session.status}. Only a VerificationSession with one of the following statuses may be ${done}: ${allowed.join(', ')}.`,
    );
}

export function cancelSession(account: Account, session: VerificationSession): VerificationSession {
  requireStatus(session, 'cancel', 'canceled', ['requires_input']);
  const next = { ...session, ...closed, status: 'canceled' as const };
  return advance(account, verificationSessions, next, 'identity.verification_session.canceled');
}

export function redactSession(account: Account, session: VerificationSession): VerificationSession {
  requireStatus(session, 'redact', 'redacted', ['requires_input', 'verified', 'canceled']);
  const waiting = session.status === 'requires_input' ? cancelSession(account, session) : session;
  account.schedule(account.now() + checkSeconds, redactJob, session.id);
  return account
    .of(verificationSessions)
    .put({ ...waiting, ...closed, redaction: { status: 'processing' as const } });
}

/** What was known of somebody is gone. Runs as a due job. */
export function finishRedaction(account: Account, id: string): void {
  const session = account.of(verificationSessions).get(id);
  if (session?.redaction?.status !== 'processing') return;
  forgetReport(account, session.last_verification_report);
  const next: VerificationSession = {
    ...session,
    client_reference_id: null,
    last_error: null,
    metadata: {},
    redaction: { status: 'redacted' },
    ...(session.provided_details ? { provided_details: null } : {}),
  };
  update(account, verificationSessions, next, 'identity.verification_session.redacted');
}
