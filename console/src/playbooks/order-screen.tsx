import type { Delivery, Order, PlaybookStep } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Ban, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { moneyText } from '../cards/money-text.ts';
import { orderQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { CopyId } from '../ui/copy-button.tsx';
import { Name } from '../ui/name.tsx';
import { Card, Facts, Page, Section } from '../ui/page.tsx';
import { ProblemNotice, ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { exactTime } from '../ui/time-words.ts';
import { Steps } from './steps.tsx';
import { buyerText, inWords, itemsText, orderTone } from './words.ts';

type WholeOrder = Order & { steps: PlaybookStep[]; deliveries: Delivery[] };

const back = { to: '/orders', label: 'Orders' };

/** Where an order stands, and why. */
export function OrderScreen() {
  const { orderId } = useParams({ from: '/signed-in/orders/$orderId' });
  const query = useQuery(orderQuery(orderId));
  if (query.data) return <OrderPage key={orderId} order={query.data} />;
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Page title="Order" heading={<span className="sr-only">Order</span>} width="reading" back={back}>
      <SkeletonRows label="Loading the order" />
    </Page>
  );
}

function OrderPage({ order }: { order: WholeOrder }) {
  const { total, refunded, payUrl, paymentIntent, threadId, createdAt, finishedAt } = order;
  return (
    <Page
      title={order.reference ?? itemsText(order)}
      lead={
        <span className="flex flex-wrap gap-2">
          <Tag tone={orderTone(order)}>{inWords(order.status)}</Tag>
          {order.awaitingApproval ? <Tag tone="warn">Waiting for you</Tag> : null}
        </span>
      }
      width="reading"
      back={back}
      actions={finishedAt ? null : <Actions order={order} />}
    >
      {order.problem ? <ProblemNotice error={new Error(order.problem)} /> : null}
      <div className="mt-4">
        <Card>
          <Facts
            rows={[
              { label: 'Customer', value: <Name>{buyerText(order)}</Name> },
              { label: 'Items', value: <Name>{itemsText(order)}</Name> },
              ...(total ? [{ label: 'Total', value: moneyText(total.decimal, total.currency) }] : []),
              ...(refunded && Number(refunded.decimal) > 0
                ? [{ label: 'Refunded', value: moneyText(refunded.decimal, refunded.currency) }]
                : []),
              ...(payUrl
                ? [
                    {
                      label: 'Pays on',
                      value: (
                        <a
                          href={payUrl}
                          target="_blank"
                          rel="noreferrer"
                          className="rounded text-accent hover:underline"
                        >
                          The customer’s page
                        </a>
                      ),
                    },
                  ]
                : []),
              ...(paymentIntent ? [{ label: 'Payment', value: <CopyId id={paymentIntent} /> }] : []),
              { label: 'Placed', value: exactTime(createdAt) },
              ...(finishedAt ? [{ label: 'Ended', value: exactTime(finishedAt) }] : []),
              {
                label: 'Thread',
                value: (
                  <Link
                    to="/threads/$threadId"
                    params={{ threadId }}
                    className="rounded text-accent hover:underline"
                  >
                    Ask about it
                  </Link>
                ),
              },
            ]}
          />
        </Card>
      </div>
      {order.deliveries.length > 0 ? (
        <Section title="What your endpoint was told">
          <Card>
            <ul className="divide-y divide-line">
              {order.deliveries.map((delivery) => (
                <DeliveryRow key={delivery.id} delivery={delivery} />
              ))}
            </ul>
          </Card>
        </Section>
      ) : null}
      <Section title="Steps">
        <Steps steps={order.steps} />
      </Section>
    </Page>
  );
}

const deliveryTones = { queued: 'accent', delivered: 'good', failed: 'danger' } as const;

function DeliveryRow({ delivery }: { delivery: Delivery }) {
  const { id, state, attempts, nextAttemptAt, settledAt, problem } = delivery;
  const when = settledAt ?? nextAttemptAt;
  return (
    <li className="px-4 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-40 flex-1">{id.slice(id.indexOf(':') + 1).replace(':', ' ')}</span>
        <Tag tone={deliveryTones[state]}>{inWords(state)}</Tag>
        <span className="text-sm text-muted">
          {attempts} {attempts === 1 ? 'attempt' : 'attempts'}
          {when ? `, ${settledAt ? '' : 'next '}${exactTime(when)}` : ''}
        </span>
      </div>
      {problem ? <p className="mt-0.5 text-sm text-danger [overflow-wrap:anywhere]">{problem}</p> : null}
    </li>
  );
}

function Actions({ order }: { order: WholeOrder }) {
  const { write } = usePermissions();
  const cache = useQueryClient();
  const [canceling, setCanceling] = useState(false);
  const onSettled = () => cache.invalidateQueries({ queryKey: ['orders'] });
  const cancel = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.cancelOrder(order.id),
    onSuccess: () => setCanceling(false),
    onSettled,
  });
  const retry = useMutation<unknown, ApiProblem>({ mutationFn: () => api.retryOrder(order.id), onSettled });
  return (
    <div className="flex flex-wrap justify-end gap-2">
      {order.status === 'fulfilment_failed' ? (
        <Button disabled={!write} busy={retry.isPending} onClick={() => retry.mutate()}>
          <RotateCcw size={14} aria-hidden="true" />
          Tell the endpoint again
        </Button>
      ) : null}
      <Button disabled={!write} onClick={() => setCanceling(true)}>
        <Ban size={14} aria-hidden="true" />
        Cancel order
      </Button>
      {retry.error ? <ProblemNotice error={retry.error} /> : null}
      <ConsequenceDialog
        open={canceling}
        onOpenChange={setCanceling}
        title="Cancel this order"
        action="Cancel order"
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate()}
      >
        {order.paymentIntent && order.status !== 'awaiting_payment'
          ? 'What was paid goes back to the customer, and your endpoint is told. Where policy says so, the refund waits for approval first.'
          : 'Nothing can be paid for it any more.'}
      </ConsequenceDialog>
    </div>
  );
}
