import { html } from 'hono/html';
import { type Configuration, configurations } from '../../billing-portal/configuration.ts';
import { openPortal, type PortalSession, portalUrl } from '../../billing-portal/session.ts';
import { type Customer, existingCustomer } from '../../customers.ts';
import { noSuch, StripeFault } from '../../wire/errors.ts';
import type { Answer, Visit } from '../frame.ts';
import { type Html, layout, messagePage } from '../layout.ts';
import { businessName } from '../words.ts';

export const portalPath = '/_sandbox/portal/:account/:id';

/** A customer at the portal. */
export interface Portal {
  readonly session: PortalSession;
  readonly configuration: Configuration;
  readonly customer: Customer;
  /** The portal's own address; its pages are below it. */
  readonly url: string;
}

/** Who is at the portal. Throws when the session is unknown or was left alone for too long. */
export function portalAt({ account, path }: Visit): Portal {
  const id = path('id');
  const session = openPortal(account, id);
  if (!session) throw noSuch('portal session', id, 'id');
  const configuration = account.of(configurations).get(session.configuration);
  if (!configuration) throw noSuch('configuration', session.configuration, 'id');
  const customer = existingCustomer(account, session.customer);
  return { session, configuration, customer, url: portalUrl(account, id) };
}

interface PortalShown {
  readonly title: string;
  readonly body: Html;
  readonly status?: 200 | 400 | 402;
  /** Whether it is the first page, from which nothing leads back. */
  readonly isHome?: boolean;
}

/** A page of the portal, with the way back. */
export function portalPage(visit: Visit, portal: Portal, shown: PortalShown): Answer {
  const { title, body, status = 200, isHome = false } = shown;
  const { session, url } = portal;
  const business = businessName(visit.account);
  const leaves = session.return_url;
  const back = isHome ? leaves : session.flow ? leaves : `${url}?home=1`;
  const label = isHome || session.flow ? `Return to ${business}` : 'Back';
  const {
    privacy_policy_url: privacy,
    terms_of_service_url: terms,
    headline,
  } = portal.configuration.business_profile;
  const inside = html`${back === null ? '' : html`<p class="business"><a href="${back}" rel="noreferrer">${label}</a></p>`}
<h1 class="plain">${title}</h1>
${isHome && headline ? html`<p>${headline}</p>` : ''}
${body}
<p class="small quiet">${business}${terms ? html` · <a href="${terms}" rel="noreferrer">Terms</a>` : ''}${privacy ? html` · <a href="${privacy}" rel="noreferrer">Privacy</a>` : ''}</p>`;
  return {
    page: layout({ title, shape: 'wide', body: inside, livemode: visit.account.livemode }),
    status,
    leadsTo: [leaves, session.flow?.after_completion.redirect?.return_url ?? null],
  };
}

/** Where somebody goes after they did what they came for. */
export function afterwards({ session, url }: Portal): Answer {
  const after = session.flow?.after_completion;
  if (after?.redirect) return { next: after.redirect.return_url };
  if (after?.hosted_confirmation) {
    const message = after.hosted_confirmation.custom_message ?? 'You can close this page.';
    return { page: messagePage('All done', message) };
  }
  return { next: `${url}?home=1` };
}

/** Throws when the configuration does not allow what somebody is about to do. */
export function requireAllowed(allowed: boolean): void {
  if (allowed) return;
  throw new StripeFault(403, {
    type: 'invalid_request_error',
    message: 'This is switched off in the portal’s configuration.',
  });
}
