import { existingCustomer } from '../customers.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { phaseJob } from '../subscriptions/schedule.ts';
import { inRange, type Parsed } from '../wire/params.ts';
import { createSchedule } from './create.ts';
import { cancelSchedule, releaseSchedule } from './end.ts';
import { onCustomerDeleted, onSubscriptionEnded, onSubscriptionUpdated } from './follow.ts';
import { cancelParams, createParams, listParams, releaseParams, updateParams } from './params.ts';
import { previewRoute } from './preview.ts';
import { requireRunning, type Schedule, schedules } from './schedule.ts';
import { announceExpiry, expiringJob, turnSchedule } from './turn.ts';
import { updateSchedule } from './update.ts';

const permission = 'subscription';

function existing(call: Call<unknown>): Schedule {
  return found(call, schedules, 'subscription schedule');
}

function listFrom(call: Call<Parsed<typeof listParams>>) {
  const { customer, scheduled } = call.params;
  const ends = ['canceled_at', 'completed_at', 'released_at'] as const;
  const [end] = ends.filter((name) => call.params[name] !== undefined);
  if (scheduled && end)
    throw refused(end, `You may only specify one of these parameters: scheduled, ${end}.`);
  return listed(call, schedules, {
    ...(customer === undefined
      ? {}
      : { index: 'customer', key: existingCustomer(call.account, customer).id }),
    where: (schedule) =>
      (!scheduled || schedule.status === 'not_started') &&
      ends.every((name) => {
        const wanted = call.params[name];
        const at = schedule[name];
        return wanted === undefined || (at !== null && inRange(at, wanted));
      }),
  });
}

const discountParts = { coupon: ['coupons'], discount: ['discounts'], promotion_code: ['promotion_codes'] };

/** `/v1/subscription_schedules` and `/v1/invoices/create_preview`. */
export const scheduleResource: Resource = {
  collections: [declare(schedules)],
  expand: {
    subscription: { schedule: ['subscription_schedules'] },
    subscription_schedule: {
      customer: ['customers'],
      'default_settings.default_payment_method': ['payment_methods'],
      'default_settings.invoice_settings.account_tax_ids': ['tax_ids'],
      ...Object.fromEntries(
        ['default_settings', 'phases'].flatMap((part) =>
          ['on_behalf_of', 'transfer_data.destination'].map((field) => [`${part}.${field}`, ['accounts']]),
        ),
      ),
      'phases.add_invoice_items.price': ['prices'],
      'phases.default_payment_method': ['payment_methods'],
      'phases.invoice_settings.account_tax_ids': ['tax_ids'],
      'phases.items.price': ['prices'],
      ...Object.fromEntries(
        Object.entries(discountParts).flatMap(([part, collections]) =>
          ['phases.discounts', 'phases.items.discounts', 'phases.add_invoice_items.discounts'].map((list) => [
            `${list}.${part}`,
            collections,
          ]),
        ),
      ),
      subscription: ['subscriptions'],
      test_clock: ['test_clocks'],
    },
  },
  jobs: { [phaseJob]: turnSchedule, [expiringJob]: announceExpiry },
  listeners: {
    'customer.deleted': onCustomerDeleted,
    'customer.subscription.deleted': onSubscriptionEnded,
    'customer.subscription.updated': onSubscriptionUpdated,
  },
  routes: [
    route('POST', '/v1/subscription_schedules', { permission, params: createParams }, (call) =>
      createSchedule(call.account, call.params),
    ),
    route('GET', '/v1/subscription_schedules/:id', { permission }, existing),
    route('POST', '/v1/subscription_schedules/:id', { permission, params: updateParams }, (call) =>
      updateSchedule(call.account, existing(call), call.params),
    ),
    route('POST', '/v1/subscription_schedules/:id/cancel', { permission, params: cancelParams }, (call) => {
      const schedule = existing(call);
      requireRunning(schedule, 'cancel');
      return cancelSchedule(call.account, schedule, call.params);
    }),
    route('POST', '/v1/subscription_schedules/:id/release', { permission, params: releaseParams }, (call) => {
      const schedule = existing(call);
      requireRunning(schedule, 'release');
      return releaseSchedule(call.account, schedule, { keepsEnd: call.params.preserve_cancel_date });
    }),
    route('GET', '/v1/subscription_schedules', { permission, params: listParams }, listFrom),
    previewRoute,
  ],
};
