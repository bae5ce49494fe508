/** Raising an alert, as a tool: for the playbook, and for an agent who sees something that somebody should know. */
import { z } from 'zod';
import type { Alert, Alerts } from '../../automations/alerts.ts';
import { type Tool, type ToolOutcome, writeTool } from '../../tools/tool.ts';
import { type AlertSettings, alertInput } from './settings.ts';

const { kind: _kind, key, ...shown } = alertInput.shape;
const input = z.strictObject({
  ...shown,
  kind: z
    .string()
    .regex(/^[a-z_]{1,40}$/)
    .default('by_agent')
    .describe('A word for the kind, in snake_case. Default by_agent.'),
  occasion: key
    .optional()
    .describe('Of one occasion there is one alert: a day, an id. Left out: each call is one.'),
});
type Input = z.infer<typeof input>;

export function alertTools(needs: {
  alerts: Alerts;
  connectionId: string;
  settings(): Promise<AlertSettings>;
}): Tool[] {
  const { alerts, connectionId } = needs;
  const onceOf = ({ kind, occasion }: Input, operationId: string) =>
    `alert:${connectionId}:${kind}:${occasion ?? operationId}`;

  const raise = writeTool<Input, Input>({
    name: 'raise_alert',
    title: 'Raise alert',
    description:
      'Puts an alert into the inbox of the people of this workspace, and mails it to those who get alerts. For what somebody has to see soon and nobody asked for. Customers hear nothing.',
    effect: 'write',
    repeatable: true,
    input,
    sealed: input,
    permissions: [],
    words: { action: 'raise', object: 'alert', synonyms: ['warn us', 'raise an alarm'] },
    async plan(given) {
      const { title, text, objects } = given;
      const mailTo = (await needs.settings()).mailTo.join(', ') || 'nobody';
      const facts = [
        { label: 'Text', value: text },
        { label: 'By mail to', value: mailTo },
      ];
      return { preview: { summary: `Alert: ${title}`, facts, objects }, sealed: given };
    },
    async act(given, { operationId }) {
      const { kind, title, text, objects } = given;
      const { mailTo } = await needs.settings();
      return outcomeOf(
        await alerts.post({
          ...{
            once: onceOf(given, operationId),
            kind: `alert_${kind}`,
            connectionId,
            title,
            body: text,
            objects,
            mailTo,
          },
        }),
      );
    },
    async find(given, { operationId }) {
      const alert = await alerts.findOnce(onceOf(given, operationId));
      return alert ? outcomeOf(alert) : null;
    },
  });
  return [raise];
}

function outcomeOf({ id, kind, title, objects }: Alert): ToolOutcome {
  return {
    ...{ view: { object: 'alert', id, kind, title }, record: null, summary: `Raised: ${title}` },
    ...{ objects: [...objects], requestIds: [] },
  };
}
