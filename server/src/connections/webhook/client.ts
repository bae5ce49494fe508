/** Signed deliveries as Standard Webhooks has them: https://www.standardwebhooks.com */
import { createHmac } from 'node:crypto';
import { OutcomeUnknown, ToolError } from '../../tools/tool.ts';
import { type AnnouncementType, announcementTypes, type ConnectionTarget } from '../connection.ts';
import { credentialForm } from '../credential-fields.ts';
import { type FarSideFailure, writeFailure } from '../far-side.ts';

const secret = {
  source: 'whsec_[A-Za-z0-9+/]{32,100}={0,2}',
  message: 'A signing secret is whsec_ and at least 24 random bytes in base64.',
};

export const webhookForm = credentialForm('Webhook', [
  {
    name: 'url',
    label: 'Address',
    secret: false,
    placeholder: 'https://example.com/purser',
    help: 'Where events are posted to. It must answer with a 2xx within 15 seconds.',
    kind: 'url',
  },
  {
    name: 'secret',
    label: 'Signing secret',
    secret: true,
    placeholder: 'whsec_…',
    help: 'Your endpoint checks each delivery with it, by any Standard Webhooks library. To make one: echo "whsec_$(openssl rand -base64 32)"',
    pattern: secret,
    generate: 'whsec',
  },
  {
    name: 'oldSecret',
    label: 'Signing secret until now',
    secret: true,
    placeholder: 'whsec_…',
    help: 'While you change the secret: deliveries are signed with both. Replace the key again without it afterwards.',
    optional: true,
    pattern: secret,
  },
  {
    name: 'events',
    label: 'Events',
    secret: false,
    placeholder: announcementTypes.join('\n'),
    help: `Which events, one a line: ${announcementTypes.join(', ')}. Empty: all of them.`,
    optional: true,
    kind: 'lines',
    pattern: {
      source: `\\s*(?:${announcementTypes.map((type) => type.replace('.', '\\.')).join('|')})(?:[\\s,]+(?:${announcementTypes.map((type) => type.replace('.', '\\.')).join('|')}))*\\s*`,
      message: `Events are: ${announcementTypes.join(', ')}.`,
    },
  },
]);

export const keyPage = 'your endpoint';
const timeoutMs = 15_000;
/** Of an answer that is no 2xx, so much is shown. */
const shownBytes = 300;

export function wantedBy({ credentials }: ConnectionTarget): readonly AnnouncementType[] {
  const { events } = webhookForm.parse(credentials);
  if (events === undefined) return announcementTypes;
  const named = events.split(/[\s,]+/);
  return announcementTypes.filter((type) => named.includes(type));
}

export interface Delivery {
  /** The same however often it is sent: the receiver tells a second one by it. */
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly data: unknown;
}

/** `v1,` and the HMAC-SHA256 of id, time and body, as https://www.standardwebhooks.com has it. */
export function signatureOf(secret: string, id: string, at: Date, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${id}.${Math.floor(at.getTime() / 1000)}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

/** @throws ToolError when it was refused or never sent, OutcomeUnknown when nobody can say */
export async function deliver(
  target: ConnectionTarget,
  { id, type, at, data }: Delivery,
  sentAt: Date,
): Promise<{ status: number }> {
  const { url, secret: current, oldSecret } = webhookForm.parse(target.credentials);
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
  const secrets = oldSecret ? [current, oldSecret] : [current];
  const signatures = secrets.map((each) => signatureOf(each, id, sentAt, body));
  const send = target.fetch;
  if (!send) throw new Error('A webhook is sent only where settings may point.');
  let answer: Response;
  try {
    answer = await send(url, {
      ...{ method: 'POST', body, signal: AbortSignal.timeout(timeoutMs) },
      headers: {
        ...{ 'content-type': 'application/json', 'user-agent': 'Purser-Webhooks' },
        ...{ 'webhook-id': id, 'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)) },
        'webhook-signature': signatures.join(' '),
      },
    });
  } catch (cause) {
    throw writeFailure(failure(cause instanceof Error ? cause.message : String(cause), cause));
  }
  const { status } = answer;
  if (answer.ok) {
    await answer.body?.cancel();
    return { status };
  }
  throw writeFailure({ ...failure(await beginningOf(answer), undefined), status });
}

const failure = (message: string, cause: unknown): FarSideFailure => ({
  ...{ service: 'The webhook’s address', keyPage, message, cause },
});

async function beginningOf(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  const { value } = (await reader?.read().catch(() => undefined)) ?? {};
  await reader?.cancel().catch(() => undefined);
  const text = new TextDecoder().decode(value?.subarray(0, shownBytes)).trim();
  return `it answered ${answer.status}${text ? `: ${text}` : ''}`;
}

export const isFailure = (error: unknown): error is ToolError | OutcomeUnknown =>
  error instanceof ToolError || error instanceof OutcomeUnknown;
