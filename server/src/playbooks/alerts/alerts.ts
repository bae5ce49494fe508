/**
 * Alerts: looks every five minutes at what happens to an account and tells what is unusual, against what. Each occasion is a
 * run of its own that raises one alert, in the inbox and by mail.
 */
import { ToolError } from '../../tools/tool.ts';
import { type Playbook, playbook, type Surroundings } from '../playbook.ts';
import { unusualConduct, unusualWays } from './conduct.ts';
import type { AlertFacts } from './facts.ts';
import { unusualPayments } from './payments.ts';
import { type AlertInput, type AlertSettings, alertInput, alertSettings, isMuted } from './settings.ts';

export const alertsName = 'alerts';

export function alertWatch({ facts }: { facts: AlertFacts }): Playbook {
  return playbook<AlertSettings, AlertInput>({
    name: alertsName,
    title: 'Alerts',
    description:
      'Watches the account and tells what is unusual against its own pattern of the last weeks, by hour and kind of day: failed payments, payments that stop, card testing, large payments, refunds by one person, payouts that fail, webhooks that go silent, keys that are misused or refused. Small accounts stay quiet. Changes nothing.',
    settings: alertSettings,
    input: alertInput,
    events: [],
    looksEveryHours: 1 / 12,
    successes: ['raised'],
    subjectOf: ({ kind, key }) => `${kind} ${key}`,
    titleOf: ({ title }) => title,

    async find(where, settings) {
      const found = await unusual(where, settings, facts);
      return found.filter(({ kind }) => !isMuted(settings, kind, where.now));
    },

    async next({ input, settings, steps, now }) {
      const raised = steps.of('raise');
      if (raised?.status === 'done') return { do: 'end', outcome: 'raised', say: 'It stands in the inbox.' };
      if (raised)
        return { do: 'end', outcome: 'not_raised', say: raised.error?.message ?? 'It was not raised.' };
      if (isMuted(settings, input.kind, now))
        return { do: 'end', outcome: 'muted', say: 'Alerts of this kind are muted.' };
      const { key, ...told } = input;
      return {
        ...{ do: 'call', id: 'raise', tool: 'raise_alert', say: input.text },
        input: { ...told, occasion: key, objects: input.objects.map((object) => ({ ...object })) },
      };
    },
  });
}

async function unusual(
  where: Surroundings,
  settings: AlertSettings,
  facts: AlertFacts,
): Promise<AlertInput[]> {
  const { now, timeZone } = where;
  const conduct = unusualConduct(await facts.conduct(where), now, settings);
  try {
    const payments = await facts.payments(where);
    return [
      ...unusualPayments({ ...payments, now, timeZone, settings }),
      ...conduct,
      ...unusualWays(await facts.ways(where), now, settings),
    ];
  } catch (error) {
    if (!(error instanceof ToolError) || !keyRefused.has(error.code)) throw error;
    const spell = Math.floor(now.getTime() / (settings.againHours * 3_600_000));
    const text = [error.message, error.next].filter(Boolean).join(' ');
    return [
      {
        kind: 'key_refused',
        key: String(spell),
        title: 'Stripe refuses the key of this connection',
        text,
        objects: [],
      },
      ...conduct,
    ];
  }
}

/** What Stripe says to a key that was rolled, has expired, or lacks what is needed to watch. */
const keyRefused: ReadonlySet<string> = new Set(['key_wrong', 'key_expired', 'permission_missing']);
