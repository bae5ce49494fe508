import { html } from 'hono/html';
import type { Refusal } from '../identity/report.ts';
import {
  sessionPagePath,
  submit,
  type VerificationSession,
  verificationSessions,
  visits,
} from '../identity/session.ts';
import { noSuch, StripeFault } from '../wire/errors.ts';
import type { Answer, HostedPage, Visit } from './frame.ts';
import { layout, messagePage } from './layout.ts';
import { businessName } from './words.ts';

/** How somebody may fare, by what the page's buttons send. */
const refusals: Readonly<Record<string, Refusal & { readonly label: string }>> = {
  document_expired: {
    code: 'document_expired',
    label: 'The document has expired',
    reason: 'The provided identity document has expired.',
  },
  document_unverified_other: {
    code: 'document_unverified_other',
    label: 'The document is not accepted',
    reason: 'The document was invalid.',
  },
  id_number_mismatch: {
    code: 'id_number_mismatch',
    label: 'The ID number does not match',
    reason: 'The provided ID number could not be matched with the name and date of birth.',
  },
  selfie_face_mismatch: {
    code: 'selfie_face_mismatch',
    label: 'The selfie is of somebody else',
    reason: 'The captured face image did not match with the document’s face.',
  },
  consent_declined: {
    code: 'consent_declined',
    label: 'Decline',
    reason: 'The user declined to be verified by Stripe.',
  },
};

/** Where somebody would show their document: here they choose what the checks come to. */
export const identityPage: HostedPage = {
  path: sessionPagePath,
  show: (visit) => {
    const session = sessionAt(visit);
    return isOver(visit, session) ? over() : pageOf(visit, session);
  },
  act: (visit, form) => {
    const session = sessionAt(visit);
    if (isOver(visit, session)) return over();
    const outcome = form.text('outcome');
    const refusal = offered(session).find(([name]) => name === outcome)?.[1];
    if (outcome !== 'verified' && !refusal)
      throw new StripeFault(400, { type: 'invalid_request_error', message: 'Choose one of the outcomes.' });
    submit(visit.account, session, refusal ? { code: refusal.code, reason: refusal.reason } : null);
    const back = visit.account.of(visits).get(session.id)?.return_url ?? null;
    if (back !== null) return { next: back };
    return { page: messagePage('Thank you', 'What you gave is being looked at. You can close this page.') };
  },
};

function sessionAt({ account, path }: Visit): VerificationSession {
  const session = account.of(verificationSessions).get(path('id'));
  if (!session) throw noSuch('verification session', path('id'), 'id');
  return session;
}

/** As with Stripe an address opens once, and for two days; a new one comes with the session while it waits. */
function isOver({ account, path }: Visit, { id, status, url }: VerificationSession): boolean {
  const open = status === 'requires_input' && url?.endsWith(`/${path('secret')}`);
  return !open || (account.of(visits).get(id)?.open_until ?? 0) <= account.now();
}

function over(): Answer {
  return {
    page: messagePage('This link has expired', 'Ask for a new one where you got it.'),
    status: 404,
  };
}

/** What can go wrong with what the session asks for. */
function offered({ options, type }: VerificationSession) {
  return Object.entries(refusals).filter(([name]) => {
    if (name.startsWith('document_')) return type === 'document';
    if (name.startsWith('selfie_')) return options?.document?.require_matching_selfie === true;
    if (name.startsWith('id_number_'))
      return type === 'id_number' || options?.document?.require_id_number === true;
    return true;
  });
}

function pageOf({ account }: Visit, session: VerificationSession): Answer {
  const asked = session.type === 'document' ? 'your identity document' : 'your ID number';
  const title = 'Verify your identity';
  const others = offered(session).map(
    ([name, { label }]) => html`<button class="bad" name="outcome" value="${name}">${label}</button>`,
  );
  const body = html`<div class="card"><h1 class="plain">${title}</h1>
<p>This is where ${businessName(account)} would have Stripe ask for ${asked}. In the sandbox you choose what the checks come to.</p>
<form method="post"><div class="actions">
<button class="main" name="outcome" value="verified">Verified, as Jenny Rosen</button>${others}
</div></form></div>`;
  const back = account.of(visits).get(session.id)?.return_url ?? null;
  return {
    page: layout({ title, shape: 'narrow', body, livemode: account.livemode }),
    leadsTo: [back],
  };
}
