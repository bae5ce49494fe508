import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { routePath } from 'hono/route';
import { NONCE, secureHeaders } from 'hono/secure-headers';
import { networkOf } from '../access/guesses.ts';
import { isDatabaseAway, isDatabaseFull } from '../database/away.ts';
import { newId } from '../ids.ts';
import { notFound, Problem } from '../problem.ts';
import { withOrigin } from '../request-origin.ts';
import { observedRequest } from '../telemetry.ts';
import { addAccountRoutes } from './account.ts';
import { addAgentLibraryRoutes } from './agent-library.ts';
import { addAgentVersionRoutes } from './agent-versions.ts';
import { addAgentRoutes } from './agents.ts';
import { addAlertRoutes } from './alerts.ts';
import { addAnnouncementRoutes } from './announcements.ts';
import { addApprovalRoutes } from './approvals.ts';
import { addAuditRoutes } from './audit.ts';
import { clientAddress } from './client-address.ts';
import { addConnectedAppRoutes } from './connected-apps.ts';
import { addConnectionRoutes } from './connections.ts';
import { addConsentRoutes } from './consents.ts';
import { addConsole } from './console.ts';
import { addCustomerRoutes } from './customers.ts';
import { addHaltRoutes } from './halts.ts';
import { addHealth } from './health.ts';
import { addJournalRoutes } from './journal.ts';
import { addKnowledgeRoutes, isUpload, maxUploadBytes } from './knowledge.ts';
import { addLiveRoute } from './live.ts';
import { addMcp } from './mcp/mcp.ts';
import { addNoticeRoutes } from './notices.ts';
import { addOauth } from './oauth.ts';
import { type Answers, addOpenApi, describe } from './openapi.ts';
import { addOperationRoutes } from './operations.ts';
import { addOrderRoutes } from './orders.ts';
import { refuseForeignOrigin } from './origin.ts';
import { addOutboxRoutes } from './outbox.ts';
import { addPeopleRoutes } from './people.ts';
import { addPlaybookRoutes } from './playbooks.ts';
import { addPolicyRoutes } from './policy.ts';
import { addPrivacyRoutes } from './privacy.ts';
import { addReportRoutes } from './reports.ts';
import { type ApiApp, type ApiContext, createApi, maxBodyBytes } from './route.ts';
import type { Service } from './service.ts';
import { addSignInRoutes } from './sign-in.ts';
import { addTaskRoutes } from './tasks.ts';
import { addThreadRoutes } from './threads.ts';
import { addWebhookRoutes } from './webhooks.ts';
import { addWorkspaceRoutes } from './workspace.ts';

/** The whole of HTTP: API, sign-in, health and the console. */
export function createApp(given: Service): ApiApp {
  const service = { ...given, access: counted(given) };
  const app = createApi();
  app.use(async (context, next) => {
    const request = newId('req');
    context.set('requestId', request);
    context.header('X-Request-Id', request);
    const { method } = context.req;
    await withOrigin({ address: clientAddress(context, service.about.isTrustedProxy), request }, () =>
      service.inFlight.during(() =>
        observedRequest(method, request, async () => {
          await next();
          return { route: routePath(context, -1), status: context.res.status };
        }),
      ),
    );
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", NONCE],
        // Attributes, which charts set and no selector can read: docs/decisions/0028-style-attributes.md
        styleSrcAttr: ["'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'same-origin',
      xFrameOptions: 'DENY',
      permissionsPolicy: { camera: false, microphone: false, geolocation: false, payment: false, usb: false },
      strictTransportSecurity: service.about.isSecure ? 'max-age=31536000' : false,
    }),
  );
  const compressed = compress();
  // Stripe gets a line: nothing worth compressing, and in a storm it costs a tenth of the time.
  app.use((context, next) =>
    context.req.path.startsWith('/webhooks/') ? next() : compressed(context, next),
  );
  const [others, uploads] = [maxBodyBytes, maxUploadBytes].map((maxSize) =>
    bodyLimit({ maxSize, onError: () => Promise.reject(tooLarge(maxSize)) }),
  );
  app.use((context, next) => {
    const limit = isUpload(context.req.method, context.req.path) ? uploads : others;
    return limit ? limit(context, next) : next();
  });
  app.use(async (context, next) => {
    refuseForeignHost(context.req.raw, service.about);
    if (!safeMethods.has(context.req.method)) refuseForeignOrigin(context.req.raw, service.about.publicUrl);
    // Nothing the API says is kept by browsers or proxies: an answer may hold a secret that is shown this once.
    if (context.req.path.startsWith('/api/')) context.header('Cache-Control', 'no-store');
    await next();
  });
  app.onError((error, context) => {
    const problem = overdone(
      error instanceof Problem ? error : unexpected(error, service, context.get('requestId')),
      service,
      context,
    );
    return Response.json(problem.toDocument(), {
      status: problem.status,
      headers: {
        'Content-Type': 'application/problem+json',
        'Cache-Control': 'no-store',
        'X-Request-Id': context.get('requestId') ?? '',
        // The rest of such a body is not read: a client that kept the connection would find it torn.
        ...(problem.status === 413 ? { Connection: 'close' } : {}),
        ...(problem.retryAfter ? { 'Retry-After': String(problem.retryAfter) } : {}),
      },
    });
  });

  addHealth(app, service);
  // Before the rest below /api/auth, which is closed.
  addOauth(app, service);
  addApi(app, service);
  addOpenApi(app, service);
  addMcp(app, service);
  app.all('/api/*', (context) => {
    throw notFound('API route', `${context.req.method} ${context.req.path}`);
  });
  addConsole(app, service.consoleDir);
  return app;
}

/** Every route of the API. */
function addApi(app: ApiApp, service: Service): void {
  addSignInRoutes(app, service);
  addAccountRoutes(app, service);
  addPeopleRoutes(app, service);
  addConnectedAppRoutes(app, service);
  addWorkspaceRoutes(app, service);
  addAuditRoutes(app, service);
  addAgentLibraryRoutes(app, service);
  addAgentRoutes(app, service);
  addAgentVersionRoutes(app, service);
  addKnowledgeRoutes(app, service);
  addPolicyRoutes(app, service);
  addConnectionRoutes(app, service);
  addCustomerRoutes(app, service);
  addThreadRoutes(app, service);
  addApprovalRoutes(app, service);
  addNoticeRoutes(app, service);
  addOperationRoutes(app, service);
  addHaltRoutes(app, service);
  addOutboxRoutes(app, service);
  addConsentRoutes(app, service);
  addPrivacyRoutes(app, service);
  addReportRoutes(app, service);
  addJournalRoutes(app, service);
  addTaskRoutes(app, service);
  addPlaybookRoutes(app, service);
  addOrderRoutes(app, service);
  addAlertRoutes(app, service);
  addWebhookRoutes(app, service);
  addAnnouncementRoutes(app, service);
  addLiveRoute(app, service);
}

/** This API as OpenAPI 3.1, without a server: what is asked and answered follows from the routes alone. */
export function describeApi(version: string, answers: Answers): object {
  const app = createApi();
  const nothing: object = new Proxy(() => nothing, { get: () => nothing });
  addApi(app, nothing as Service);
  return describe(app, version, answers);
}

/**
 * A page elsewhere can have its own name point at this machine (DNS rebinding); its requests then name that host. While
 * Purser listens on loopback only, it answers to no name but loopback's and its public one.
 */
function refuseForeignHost(request: Request, about: Service['about']): void {
  if (!isLoopback(about.host)) return;
  const host = request.headers.get('host') ?? '';
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  if (isLoopback(name) || (about.publicUrl && new URL(about.publicUrl).host === host)) return;
  throw new Problem({
    status: 421,
    code: 'unknown_host',
    title: 'Not known by this name',
    detail: `Purser does not answer to "${host}". Set PURSER_PUBLIC_URL to the address people use.`,
  });
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || name === '[::1]' || /^127(\.\d+){3}$/.test(name);
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

const tooLarge = (bytes: number) =>
  new Problem({
    status: 413,
    code: 'body_too_large',
    title: 'The body is too large',
    detail: `A request body has at most ${bytes.toLocaleString('en')} bytes here.`,
  });

/** Whoever is known is counted by who they are, wherever they come from. */
function counted({ access, rates }: Service): Service['access'] {
  return {
    ...access,
    async whoIs(request) {
      const principal = await access.whoIs(request);
      if (principal) rates.take('known', principal.id);
      return principal;
    },
    async whoCalls(request) {
      const principal = await access.whoCalls(request);
      if (principal) rates.take('known', principal.id);
      return principal;
    },
  };
}

/** Whoever is nobody is counted by address: who asks on and on hears of that, not of what was asked. */
function overdone(problem: Problem, service: Service, context: ApiContext): Problem {
  if (problem.status !== 401) return problem;
  try {
    service.rates.take('refused', networkOf(clientAddress(context, service.about.isTrustedProxy)));
    return problem;
  } catch (tooMany) {
    if (tooMany instanceof Problem) return tooMany;
    throw tooMany;
  }
}

function unexpected(error: unknown, service: Service, requestId: string | undefined): Problem {
  service.log.error({ err: error, requestId }, 'A request failed');
  if (isDatabaseAway(error)) {
    return new Problem({
      status: 503,
      code: 'database_unavailable',
      title: 'The database does not answer',
      detail: 'Nothing was changed. Try again in a moment; "purser doctor" says more.',
    });
  }
  if (isDatabaseFull(error)) {
    return new Problem({
      status: 507,
      code: 'disk_full',
      title: 'The disk is full',
      detail:
        'Nothing more can be stored. Make room ("purser doctor" says where), then look whether this was done before you repeat it.',
    });
  }
  return new Problem({
    status: 500,
    code: 'internal',
    title: 'Something went wrong inside Purser',
    detail: `This is not your fault. The log says more under request ${requestId ?? 'unknown'}.`,
  });
}
