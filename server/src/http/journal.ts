import { accountRoles, type Chart, chartSchema, createCharts, roleLabels } from '../ledger/journal/chart.ts';
import { type ApiApp, addRoute, idParams } from './route.ts';
import type { Service } from './service.ts';

const tag = 'Reports';
const path = '/api/connections/:id/chart-of-accounts';

const shown = ({ accounts, xeroTaxRate }: Chart) => ({
  accounts: accountRoles.map((role) => ({ role, meaning: roleLabels[role], ...accounts[role] })),
  xeroTaxRate,
});

/** The accounts that the accounting journal of a Stripe account is written to. */
export function addJournalRoutes(app: ApiApp, service: Service): void {
  const charts = createCharts(service.database.db);

  /** @throws Problem 404; 422 for what is no Stripe account */
  async function ledgerOf(id: string): Promise<string> {
    const { account, mode } = await service.connections.reader(id);
    return `${account.id}:${mode}`;
  }

  addRoute(
    app,
    service,
    {
      ...{ method: 'get', path, tag, action: 'read', params: idParams },
      summary: 'The accounts that an account’s journal is written to',
    },
    async ({ params }) => shown(await charts.read(await ledgerOf(params.id))),
  );

  addRoute(
    app,
    service,
    {
      ...{ method: 'put', path, tag, action: 'administer', params: idParams },
      summary: 'Name the accounts as your books have them',
      body: chartSchema,
    },
    async ({ params, body, actor }) => {
      const ledger = await ledgerOf(params.id);
      await charts.write(ledger, body);
      await service.audit.record({ actor, action: 'journal.chart_changed', subject: params.id, details: {} });
      return shown(body);
    },
  );

  addRoute(
    app,
    service,
    {
      ...{ method: 'delete', path, tag, action: 'administer', params: idParams, status: 204 },
      summary: 'Go back to the usual accounts',
    },
    async ({ params, actor }) => {
      await charts.write(await ledgerOf(params.id), null);
      const action = 'journal.chart_reset';
      await service.audit.record({ actor, action, subject: params.id, details: {} });
    },
  );
}
