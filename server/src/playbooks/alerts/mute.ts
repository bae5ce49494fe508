/** Muting an alert where it stands: its kind is told no more on its connection, for a while or until somebody changes it. */
import type { Actor } from '../../audit/audit.ts';
import type { Alert, Alerts } from '../../automations/alerts.ts';
import type { Clock } from '../../clock.ts';
import { conflict } from '../../problem.ts';
import type { Playbooks } from '../playbooks.ts';
import { alertsName } from './alerts.ts';
import { type AlertKind, alertKinds, alertSettings } from './settings.ts';

export const muteSpans = ['day', 'week', 'always'] as const;
export type MuteSpan = (typeof muteSpans)[number];
const hoursOf: Record<Exclude<MuteSpan, 'always'>, number> = { day: 24, week: 7 * 24 };

/** The kind that the alerts playbook knows it by; null for what has to be told: deadlines, failures, what an agent raised. */
export function mutableKind({ kind, connectionId }: Pick<Alert, 'kind' | 'connectionId'>): AlertKind | null {
  if (connectionId === null) return null;
  return alertKinds.find((known) => kind === `alert_${known}`) ?? null;
}

/** Also takes it out of the inbox. @throws Problem 404, 409 for one that cannot be muted */
export async function muteAlert(
  needs: { alerts: Alerts; playbooks: Pick<Playbooks, 'settings' | 'set'>; clock: Clock },
  { id, span }: { id: string; span: MuteSpan },
  by: Actor,
): Promise<Alert> {
  const { alerts, playbooks, clock } = needs;
  const alert = await alerts.get(id);
  const kind = mutableKind(alert);
  if (kind === null || alert.connectionId === null)
    throw conflict('alert_not_mutable', 'Alerts of this kind are told as long as what they tell of is so.');
  const now = clock.now();
  const until = span === 'always' ? null : new Date(now.getTime() + hoursOf[span] * 3_600_000).toISOString();
  const settings = alertSettings.parse(await playbooks.settings(alertsName, alert.connectionId));
  // What is over is left out, so that the list stays as short as the kinds there are.
  const others = settings.muted.filter(
    (mute) => mute.kind !== kind && (mute.until === null || new Date(mute.until) > now),
  );
  const changed = { ...settings, muted: [...others, { kind, until }] };
  await playbooks.set(alertsName, alert.connectionId, { settings: changed }, by);
  return alerts.close(id, by);
}
