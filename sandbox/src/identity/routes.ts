import { existingCustomer } from '../customers.ts';
import { create } from '../events.ts';
import { newId } from '../ids.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { requireUrl } from '../urls.ts';
import { missingParam, notSupported } from '../wire/errors.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  emptyable,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  text,
  unsupported,
} from '../wire/params.ts';
import { onRequest, outputsOf, particular, type VerificationReport, verificationReports } from './report.ts';
import {
  cancelSession,
  checkJob,
  entrance,
  finishCheck,
  finishRedaction,
  redactJob,
  redactSession,
  requireStatus,
  type VerificationSession,
  verificationSessions,
  visits,
} from './session.ts';

const permission = 'verification_session';
const kind = 'verification session';
const types = oneOf('document', 'id_number');
const changeable = {
  metadata: metadata(),
  options: object({
    document: emptyable(
      object({
        allowed_types: list(oneOf('driving_license', 'id_card', 'passport')),
        require_id_number: boolean(),
        require_live_capture: boolean(),
        require_matching_selfie: boolean(),
      }),
    ),
  }),
  provided_details: object({ email: text(), phone: text() }),
  type: types,
} as const;
const createParams = {
  ...changeable,
  client_reference_id: text(500),
  related_customer: text(),
  related_customer_account: unsupported(),
  related_person: unsupported(),
  return_url: text(),
  verification_flow: text(),
} as const;
const listParams = {
  ...datedPageParams,
  client_reference_id: text(),
  related_customer: text(),
  related_customer_account: unsupported(),
  status: oneOf('canceled', 'processing', 'requires_input', 'verified'),
} as const;

const reportListParams = {
  ...datedPageParams,
  client_reference_id: text(),
  type: types,
  verification_session: text(),
} as const;

type Options = NonNullable<VerificationSession['options']>;
type Changes = Parsed<typeof changeable>;

/** The options of a session: those of its type, and what was asked of a document. */
function optionsFor(type: 'document' | 'id_number', given: Changes['options'], before: Options): Options {
  if (type === 'id_number') {
    if (given?.document)
      throw refused('options[document]', 'You may only specify `options[document]` with `type=document`.');
    return { id_number: {} };
  }
  if (given?.document === null) return { document: {} };
  return { document: { ...before.document, ...given?.document } };
}

function createSession({ account, params }: Call<Parsed<typeof createParams>>): VerificationSession {
  const { client_reference_id = null, provided_details, related_customer, return_url = null, type } = params;
  if (params.verification_flow !== undefined)
    throw notSupported('verification flows, which are made in the dashboard');
  if (type === undefined) throw missingParam('type');
  if (return_url !== null) requireUrl(return_url, 'return_url');
  if (related_customer !== undefined) existingCustomer(account, related_customer, 'related_customer');
  const id = newId('vs', 24);
  const session: VerificationSession = {
    id,
    object: 'identity.verification_session',
    ...entrance(account, id, return_url),
    client_reference_id,
    created: account.now(),
    last_error: null,
    last_verification_report: null,
    livemode: account.livemode,
    metadata: applyMetadata({}, params.metadata),
    options: optionsFor(type, params.options, {}),
    ...(provided_details ? { provided_details } : {}),
    redaction: null,
    related_customer: related_customer ?? null,
    related_customer_account: null,
    status: 'requires_input',
    type,
  };
  return create(account, verificationSessions, session, 'identity.verification_session.created');
}

function updateSession(call: Call<Changes>): VerificationSession {
  const before = found(call, verificationSessions, kind);
  requireStatus(before, 'update', 'updated', ['requires_input']);
  const { metadata: meta, options, provided_details: details } = call.params;
  const type = call.params.type ?? (before.type === 'id_number' ? 'id_number' : 'document');
  // Stripe has no event for a changed session.
  return call.account.of(verificationSessions).put({
    ...before,
    metadata: applyMetadata(before.metadata, meta),
    options: optionsFor(type, options, before.options ?? {}),
    ...(details ? { provided_details: { ...before.provided_details, ...details } } : {}),
    type,
  });
}

/** `/v1/identity`: sessions in which somebody proves who they are, and the reports of it. */
export const identityResource: Resource = {
  collections: [declare(verificationSessions), declare(verificationReports), declare(visits)],
  expand: {
    'identity.verification_session': {
      last_verification_report: [verificationReports.name],
      verified_outputs: (_lookup, session) => outputsOf(session as VerificationSession),
    },
    'identity.verification_report': Object.fromEntries(
      Object.entries(onRequest).map(([field, value]) => [
        field,
        (_lookup, report) => particular(report as VerificationReport, value),
      ]),
    ),
  },
  jobs: { [checkJob]: finishCheck, [redactJob]: finishRedaction },
  routes: [
    route('POST', '/v1/identity/verification_sessions', { permission, params: createParams }, createSession),
    route('GET', '/v1/identity/verification_sessions', { permission, params: listParams }, (call) => {
      const { client_reference_id: reference, related_customer: customer, status } = call.params;
      return listed(call, verificationSessions, {
        ...(customer === undefined ? {} : { index: 'related_customer', key: customer }),
        where: (session) =>
          (status === undefined || session.status === status) &&
          (reference === undefined || session.client_reference_id === reference),
      });
    }),
    route('GET', '/v1/identity/verification_sessions/:id', { permission }, (call) =>
      found(call, verificationSessions, kind),
    ),
    route(
      'POST',
      '/v1/identity/verification_sessions/:id',
      { permission, params: changeable },
      updateSession,
    ),
    route('POST', '/v1/identity/verification_sessions/:id/cancel', { permission }, (call) =>
      cancelSession(call.account, found(call, verificationSessions, kind)),
    ),
    route('POST', '/v1/identity/verification_sessions/:id/redact', { permission }, (call) =>
      redactSession(call.account, found(call, verificationSessions, kind)),
    ),
    route('GET', '/v1/identity/verification_reports', { permission, params: reportListParams }, (call) => {
      const { client_reference_id: reference, type, verification_session: session } = call.params;
      return listed(call, verificationReports, {
        ...(session === undefined ? {} : { index: 'verification_session', key: session }),
        where: (report) =>
          (type === undefined || report.type === type) &&
          (reference === undefined || report.client_reference_id === reference),
      });
    }),
    route('GET', '/v1/identity/verification_reports/:id', { permission }, (call) =>
      found(call, verificationReports, 'verification report'),
    ),
  ],
};
