import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { momentFor } from '../desk.ts';
import { customerField, momentField, textField } from '../fields.ts';
import { once } from '../marked-write.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { resolveMeter } from '../references/meters.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import { type Desk, stripeWrite } from '../stripe-tool.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { compact, time } from '../views/shape.ts';
import { meterRef, meterRow } from '../views/usage.ts';

const meterField = textField('The meter: its id ("mtr_…"), event name or display name.', 250);

function listMeters(desk: Desk): Tool {
  return stripeList(desk, {
    name: 'list_meters',
    title: 'List meters',
    description: 'Meters that count usage, newest first: name, the name of their events, how they add up.',
    input: z.strictObject({
      status: z.enum(['active', 'inactive']).optional().describe('Only those in this status.'),
      ...listFields,
    }),
    permissions: needs('billing_meter:read'),
    words: { action: 'list', object: 'meter', synonyms: ['usage', 'metered billing', 'usage meter'] },
    of: 'meter',
    list: ({ status }, api) => ({
      pages: (page) => api.billing.meters.list({ ...page, ...(status && { status }) }),
      row: meterRow,
      ref: meterRef,
    }),
  });
}

/** Stripe takes usage of as long ago, and a little ahead for clocks that differ. */
const oldestSeconds = 35 * 86_400;
const aheadSeconds = 300;

const sealedUsage = z.object({
  who: sealedWho,
  meter: z.string(),
  meterName: z.string(),
  event: z.string(),
  payload: z.record(z.string(), z.string()),
  value: z.string(),
  at: z.number().int().optional(),
});

/** The event's own id, by which Stripe drops repetitions and by which it can be taken back. */
const identifierOf = (operationId: string): string => `purser_${operationId}`;

const usageInput = z.strictObject({
  customer: customerField,
  meter: meterField,
  value: z
    .string()
    .regex(/^-?\d{1,15}(\.\d{1,12})?$/)
    .describe(
      'How much was used, as a decimal: "120". With a minus sign it corrects downwards, where the meter adds up.',
    ),
  at: momentField
    .optional()
    .describe('When it was used: ISO date and time with offset, in the last 35 days. Left out: now.'),
});

/** What is counted, and when. */
async function planUsage(api: Stripe, desk: Desk, input: z.infer<typeof usageInput>) {
  const customer = await resolveCustomer(api, input.customer);
  const meter = await resolveMeter(api, input.meter);
  if (meter.status !== 'active') {
    throw new ToolError('inactive', `The meter ${meter.display_name} is not active.`, {
      next: 'list_meters shows the active ones.',
    });
  }
  const at = input.at ? await momentFor(desk, api, input.at) : undefined;
  const now = desk.now().getTime() / 1000;
  if (at !== undefined && (at < now - oldestSeconds || at > now + aheadSeconds)) {
    throw new ToolError('invalid_moment', `Usage of ${time(at)} is not taken.`, {
      next: 'Stripe takes usage of the last 35 days.',
    });
  }
  const { customer_mapping: whose, value_settings: much } = meter;
  return {
    preview: {
      summary: `Record ${input.value} ${meter.display_name} of ${customerNamed(customer)}`,
      facts: [
        {
          label: 'Meter',
          value: `${meter.display_name} (${meter.event_name}), ${meter.default_aggregation.formula}`,
        },
        { label: 'Used', value: time(at) ?? 'now' },
        { label: 'Billed', value: 'with the next invoice of a subscription to a metered price' },
        { label: 'Can be undone', value: 'within 24 hours' },
      ],
      objects: [meterRef(meter), customerRef(customer)],
    },
    sealed: {
      who: whoIs(customer),
      meter: meter.id,
      meterName: meter.display_name,
      event: meter.event_name,
      payload: { [whose.event_payload_key]: customer.id, [much.event_payload_key]: input.value },
      value: input.value,
      at,
    },
  };
}

function recordMeterEvent(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'record_meter_event',
    title: 'Record usage',
    description:
      'Records usage of a customer on a meter: value "120" of the meter "API calls". It is billed with the next invoice of a subscription to a metered price. Can be undone within 24 hours.',
    effect: 'money',
    input: usageInput,
    sealed: sealedUsage,
    permissions: needs('billing_meter_event:write', 'billing_meter:read', 'customer:read'),
    words: {
      action: 'record',
      object: 'meter_event',
      synonyms: ['usage', 'report usage', 'metered', 'units used', 'record usage', 'log usage', 'add usage'],
    },
    plan: (input, api) => planUsage(api, desk, input),
    async act(sealed, api, context) {
      const { event, payload, at, who, value, meterName } = sealed;
      const identifier = identifierOf(context.operationId);
      const recorded = await api.billing.meterEvents.create(
        { event_name: event, payload, identifier, ...(at !== undefined && { timestamp: at }) },
        once(context),
      );
      const until = time(recorded.created + 86_400);
      return {
        view: withWho(
          compact({
            object: 'billing.meter_event',
            identifier: recorded.identifier,
            meter: sealed.meter,
            event_name: event,
            value,
            at: time(recorded.timestamp),
          }),
          who,
        ),
        record: recorded,
        summary: `Recorded ${value} ${meterName} of ${customerNamed(who)}`,
        objects: [{ type: 'billing.meter', id: sealed.meter, label: meterName }, customerRef(who)],
        undo: {
          tool: 'cancel_meter_event',
          input: { meter: sealed.meter, identifier: recorded.identifier },
          label: 'Take the usage back',
          until,
        },
      };
    },
  });
}

function cancelMeterEvent(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'cancel_meter_event',
    title: 'Take usage back',
    description:
      'Takes back usage that was recorded in the last 24 hours, by the identifier that record_meter_event gave. Older usage is corrected by recording a negative value.',
    effect: 'money',
    canUndo: 'no; the use can be recorded anew',
    input: z.strictObject({
      meter: meterField,
      identifier: textField('The identifier of the recorded usage.', 100),
    }),
    sealed: z.object({ meter: z.string(), name: z.string(), event: z.string(), identifier: z.string() }),
    permissions: needs('billing_meter_event_adjustment:write', 'billing_meter:read'),
    words: {
      action: 'cancel',
      object: 'meter_event',
      synonyms: ['take usage back', 'undo usage', 'correct usage'],
    },
    async plan(input, api) {
      const meter = await resolveMeter(api, input.meter);
      return {
        preview: {
          summary: `Take back the usage ${input.identifier} of ${meter.display_name}`,
          facts: [{ label: 'Billed', value: 'no more' }],
          objects: [meterRef(meter)],
        },
        sealed: {
          ...{ meter: meter.id, name: meter.display_name, event: meter.event_name },
          identifier: input.identifier,
        },
      };
    },
    async act({ meter, name, event, identifier }, api, context) {
      const adjusted = await api.billing.meterEventAdjustments.create(
        { event_name: event, type: 'cancel', cancel: { identifier } },
        once(context),
      );
      return {
        view: compact({
          object: 'billing.meter_event_adjustment',
          identifier,
          meter,
          status: adjusted.status,
        }),
        record: adjusted,
        summary: `Took back the usage ${identifier} of ${name}`,
        objects: [{ type: 'billing.meter', id: meter, label: name }],
      };
    },
  });
}

/** Tools about what is billed by use. */
export function meterTools(desk: Desk): Tool[] {
  return [listMeters(desk), recordMeterEvent(desk), cancelMeterEvent(desk)];
}
