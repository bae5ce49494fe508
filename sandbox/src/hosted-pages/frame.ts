import type { Context, Hono } from 'hono';
import type { Account } from '../account.ts';
import type { Directory } from '../directory.ts';
import type { Player } from '../seeds/seed.ts';
import { clockOf } from '../test-clocks/bound.ts';
import { inTimeOf } from '../test-clocks/test-clock.ts';
import { lookAfter } from '../upkeep.ts';
import { limitedText } from '../wire/body.ts';
import { StripeFault } from '../wire/errors.ts';
import { type Form, readForm } from './form.ts';
import { type Html, messagePage } from './layout.ts';

/** Somebody at a page of an account. */
export interface Visit {
  readonly account: Account;
  /** A part of the address by its name; '' when the path has no such part. */
  path(name: string): string;
  /** A parameter after the question mark; '' when absent. */
  query(name: string): string;
  /** The page's own address. */
  readonly url: string;
  /** Calls the API as the business would, in the page's own change. */
  readonly play: Player;
}

/** What a page answers: itself, or where the browser goes next. */
export type Answer =
  | {
      readonly page: Html;
      readonly status?: 200 | 400 | 402 | 404;
      /** Addresses that sending the page's form may lead to, besides the sandbox's own. */
      readonly leadsTo?: readonly (string | null)[];
    }
  | { readonly next: string };

/** A page: what it shows, and what its form does. */
export interface HostedPage {
  /** With `:account` and, for the time it happens in, `:id`. */
  readonly path: string;
  readonly show: (visit: Visit) => Answer;
  /** Does what was sent, as one change; a refusal thrown here undoes it unless Stripe would keep it. */
  readonly act?: (visit: Visit, form: Form) => Answer;
  /** The page again, with what was refused. */
  readonly refuse?: (visit: Visit, form: Form, fault: StripeFault) => Answer;
}

interface Host {
  readonly app: Hono;
  readonly directory: Directory;
  readonly playOn: (account: Account) => Player;
}

/** Serves a page. Everything it does happens in the time of what it is about, and is on disk before it answers. */
export function addPage(host: Host, page: HostedPage): void {
  const { app } = host;
  app.get(page.path, (context) =>
    answered(context, host, (visit) => inItsTime(visit, () => page.show(visit))),
  );
  const { act, refuse } = page;
  if (!act) return;
  app.post(page.path, async (context) => {
    const form = readForm(await limitedText(context.req.raw).catch(() => ''));
    return answered(context, host, (visit) => {
      try {
        return inItsTime(visit, () => act(visit, form));
      } catch (error) {
        if (!(error instanceof StripeFault) || !refuse) throw error;
        return inItsTime(visit, () => refuse(visit, form, error));
      }
    });
  });
}

function inItsTime<T>({ account, path }: Visit, work: () => T): T {
  return account.transact(() => inTimeOf(account, clockOf(account, path('id')), work));
}

async function answered(
  context: Context,
  { directory, playOn }: Host,
  work: (visit: Visit) => Answer,
): Promise<Response> {
  try {
    const account = await directory.find(context.req.param('account') ?? '');
    if (!account) return missing(context);
    lookAfter(account);
    const answer = work({
      account,
      path: (name) => context.req.param(name) ?? '',
      query: (name) => context.req.query(name) ?? '',
      url: context.req.path,
      play: playOn(account),
    });
    await account.flush();
    return 'next' in answer ? seeOther(context, answer.next) : shown(context, answer);
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    if (error.status === 404) return missing(context);
    return shown(context, { page: messagePage('That did not work', error.message), status: 400 });
  }
}

/** After a form was sent the browser asks anew, so that reloading the page sends nothing twice. */
function seeOther(context: Context, next: string): Response {
  context.header('cache-control', 'no-store');
  context.header('referrer-policy', 'no-referrer');
  return context.redirect(next, 303);
}

function missing(context: Context): Response | Promise<Response> {
  const page = messagePage(
    'There is no such page',
    'The address may be mistyped, or what it showed is gone.',
  );
  return shown(context, { page, status: 404 });
}

type Shown = Exclude<Answer, { next: string }>;

function shown(context: Context, { page, status = 200, leadsTo = [] }: Shown): Response | Promise<Response> {
  const targets = new Set(leadsTo.flatMap((url) => (url === null ? [] : [sourceOf(url)])));
  context.header(
    'content-security-policy',
    [
      "default-src 'none'",
      "style-src 'self'",
      `form-action ${["'self'", ...targets].join(' ')}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join('; '),
  );
  context.header('cache-control', 'no-store');
  context.header('referrer-policy', 'no-referrer');
  context.header('x-content-type-options', 'nosniff');
  return context.html(page, status);
}

/** An address as a policy names it: where it is, or only its scheme when it leads to an app. */
function sourceOf(url: string): string {
  const { origin, protocol } = new URL(url);
  return origin === 'null' ? protocol : origin;
}
