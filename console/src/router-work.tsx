import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { customerQuery, operationQuery } from './queries.ts';
import { signedIn, texts } from './router-root.tsx';

const operations = createRoute({
  getParentRoute: () => signedIn,
  path: '/operations',
  validateSearch: texts('state', 'agent', 'connection', 'tool', 'period', 'q', 'least', 'currency'),
  component: lazyRouteComponent(() => import('./operations/operations-screen.tsx'), 'OperationsScreen'),
});
const operation = createRoute({
  getParentRoute: () => signedIn,
  path: '/operations/$operationId',
  loader: ({ context, params }) => void context.cache.prefetchQuery(operationQuery(params.operationId)),
  component: lazyRouteComponent(() => import('./operations/operation-screen.tsx'), 'OperationScreen'),
});

const automations = createRoute({
  getParentRoute: () => signedIn,
  path: '/automations',
  validateSearch: texts('agent'),
  component: lazyRouteComponent(() => import('./automations/automations-screen.tsx'), 'AutomationsScreen'),
});
const newTask = createRoute({
  getParentRoute: () => signedIn,
  path: '/automations/new',
  validateSearch: texts('agent', 'prompt'),
  component: lazyRouteComponent(() => import('./automations/new-task-screen.tsx'), 'NewTaskScreen'),
});
const task = createRoute({
  getParentRoute: () => signedIn,
  path: '/automations/$taskId',
  component: lazyRouteComponent(() => import('./automations/task-screen.tsx'), 'TaskScreen'),
});

const playbooks = createRoute({
  getParentRoute: () => signedIn,
  path: '/playbooks',
  component: lazyRouteComponent(() => import('./playbooks/playbooks-screen.tsx'), 'PlaybooksScreen'),
});
const playbook = createRoute({
  getParentRoute: () => signedIn,
  path: '/playbooks/$name',
  validateSearch: texts('connection'),
  component: lazyRouteComponent(() => import('./playbooks/playbook-screen.tsx'), 'PlaybookScreen'),
});
const playbookRun = createRoute({
  getParentRoute: () => signedIn,
  path: '/playbook-runs/$runId',
  component: lazyRouteComponent(() => import('./playbooks/run-screen.tsx'), 'RunScreen'),
});
const orders = createRoute({
  getParentRoute: () => signedIn,
  path: '/orders',
  validateSearch: texts('status'),
  component: lazyRouteComponent(() => import('./playbooks/orders-screen.tsx'), 'OrdersScreen'),
});
const order = createRoute({
  getParentRoute: () => signedIn,
  path: '/orders/$orderId',
  component: lazyRouteComponent(() => import('./playbooks/order-screen.tsx'), 'OrderScreen'),
});

const reports = createRoute({
  getParentRoute: () => signedIn,
  path: '/reports/{-$report}',
  validateSearch: texts('connection', 'period', 'from', 'to'),
  component: lazyRouteComponent(() => import('./reports/reports-screen.tsx'), 'ReportsScreen'),
});

const outbox = createRoute({
  getParentRoute: () => signedIn,
  path: '/outbox',
  validateSearch: texts('to'),
  component: lazyRouteComponent(() => import('./outbox/outbox-screen.tsx'), 'OutboxScreen'),
});
const mail = createRoute({
  getParentRoute: () => signedIn,
  path: '/outbox/$mailId',
  component: lazyRouteComponent(() => import('./outbox/mail-screen.tsx'), 'MailScreen'),
});
const consents = createRoute({
  getParentRoute: () => signedIn,
  path: '/consents',
  validateSearch: texts('standing', 'address'),
  component: lazyRouteComponent(() => import('./outbox/consents-screen.tsx'), 'ConsentsScreen'),
});

const customers = createRoute({
  getParentRoute: () => signedIn,
  path: '/customers',
  validateSearch: texts('connection', 'q'),
  component: lazyRouteComponent(() => import('./customers/customers-screen.tsx'), 'CustomersScreen'),
});
const customer = createRoute({
  getParentRoute: () => signedIn,
  path: '/customers/$connectionId/$customerId',
  loader: ({ context, params }) =>
    void context.cache.prefetchQuery(customerQuery(params.connectionId, params.customerId)),
  component: lazyRouteComponent(() => import('./customers/customer-screen.tsx'), 'CustomerScreen'),
});

/** What was done and what runs by itself. */
export const workRoutes = [
  operations,
  operation,
  automations,
  newTask,
  task,
  playbooks,
  playbook,
  playbookRun,
  orders,
  order,
  reports,
  outbox,
  mail,
  consents,
  customers,
  customer,
] as const;
