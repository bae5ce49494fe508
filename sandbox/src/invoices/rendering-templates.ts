import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { declare, found, listed, type Resource, referred, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { pageParams } from '../wire/pages.ts';
import { integer, oneOf } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import type { Invoice } from './invoice.ts';

/** Templates are designed in Stripe's dashboard, not by its API, so an account of the sandbox has none to begin with. */
export const renderingTemplates: CollectionSpec<Wire<Stripe.InvoiceRenderingTemplate>> = {
  name: 'invoice_rendering_templates',
  indexes: {},
};

/** Which template, and which version of it, renders an invoice. Throws Stripe's 400 for one that does not exist. */
export function templateFor(
  account: Account,
  params: { readonly template?: string; readonly template_version?: number | null },
  before: Invoice['rendering'],
): { template: string | null; template_version: number | null } {
  const { template: id, template_version: version } = params;
  if (id === undefined)
    return {
      template: before?.template ?? null,
      template_version: version === undefined ? (before?.template_version ?? null) : version,
    };
  const kind = 'invoice rendering template';
  const template = referred(account, renderingTemplates, kind, id, 'rendering[template]');
  return { template: id, template_version: version ?? template.version };
}

function withStatus(status: 'active' | 'archived') {
  return route(
    'POST',
    `/v1/invoice_rendering_templates/:id/${status === 'active' ? 'unarchive' : 'archive'}`,
    { permission: 'invoice' },
    (call) => {
      const template = found(call, renderingTemplates, 'invoice rendering template');
      return call.account.of(renderingTemplates).put({ ...template, status });
    },
  );
}

/** `/v1/invoice_rendering_templates`. */
export const renderingTemplateResource: Resource = {
  collections: [declare(renderingTemplates)],
  routes: [
    route(
      'GET',
      '/v1/invoice_rendering_templates/:id',
      { permission: 'invoice', params: { version: integer(1) } },
      (call) => found(call, renderingTemplates, 'invoice rendering template'),
    ),
    withStatus('archived'),
    withStatus('active'),
    route(
      'GET',
      '/v1/invoice_rendering_templates',
      { permission: 'invoice', params: { ...pageParams, status: oneOf('active', 'archived') } },
      (call) => {
        const { status } = call.params;
        return listed(call, renderingTemplates, {
          where: (template) => status === undefined || template.status === status,
        });
      },
    ),
  ],
};
