import { z } from 'zod';
import { Problem } from '../problem.ts';
import { ToolError } from '../tools/tool.ts';
import { type ApiApp, addRoute, idParams } from './route.ts';
import type { Service } from './service.ts';

/** Who an account's customers are, read from it live: nothing is kept. */
export function addCustomerRoutes(app: ApiApp, service: Service): void {
  const { connections } = service;
  const tag = 'Customers';

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/connections/:id/customers',
      summary: 'The newest customers of an account, or those whose name or address holds a text',
      tag,
      action: 'read',
      params: idParams,
      query: z.strictObject({
        q: z.string().trim().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(100).default(50),
      }),
    },
    async ({ params, query: { q, limit } }) => {
      const { lookup, target } = await connections.customers(params.id);
      return lookup.find(target, { query: q || undefined, limit }).catch(asProblem);
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/connections/:id/customers/:customer',
      summary: 'One customer: subscriptions, invoices, payments, disputes and how they pay',
      tag,
      action: 'read',
      params: z.strictObject({
        ...idParams.shape,
        customer: z.string().regex(/^cus_\w{1,60}$/, 'A customer’s id begins with cus_.'),
      }),
    },
    async ({ params }) => {
      const { lookup, target } = await connections.customers(params.id);
      return lookup.story(target, params.customer).catch(asProblem);
    },
  );
}

/** What Stripe refuses is no fault of this server. */
function asProblem(error: unknown): never {
  if (!(error instanceof ToolError)) throw error;
  const missing = error.code === 'not_found';
  throw new Problem({
    status: missing ? 404 : 502,
    code: missing ? 'customer_not_found' : error.code,
    title: missing ? 'No such customer' : 'Stripe could not be read',
    detail: error.next ? `${error.message} ${error.next}` : error.message,
    cause: error,
  });
}
