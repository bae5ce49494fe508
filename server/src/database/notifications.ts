import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../log.ts';

/** What is told on a channel; at most 8000 bytes of UTF-8, Postgres's own limit. */
export type PayloadListener = (payload: string) => void;

export interface Notifications {
  /**
   * Calls `onPayload` for each notification from any instance, until the answer is called. Resolves once listening.
   * While the connection is down notifications are lost: `onGap` is called when it is back, so that a listener can
   * read what it missed.
   */
  listen(channel: string, onPayload: PayloadListener, onGap?: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface Listener {
  readonly onPayload: PayloadListener;
  readonly onGap: (() => void) | undefined;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/** One connection of its own for all channels; it comes back by itself. Connects with the first `listen`. */
export function createNotifications(url: string, log: Log): Notifications {
  const channels = new Map<string, Set<Listener>>();
  let client: pg.Client | undefined;
  let connecting: Promise<pg.Client> | undefined;
  let closed = false;

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({ connectionString: url, application_name: 'purser listen', keepAlive: true });
    next.on('error', (error) =>
      log.warn({ reason: error.message }, 'The listening connection to the database broke'),
    );
    next.on('notification', ({ channel, payload }) => {
      for (const listener of channels.get(channel) ?? []) listener.onPayload(payload ?? '');
    });
    await next.connect();
    next.once('end', () => {
      if (client === next) client = undefined;
      if (!closed && channels.size > 0) void reconnect();
    });
    for (const channel of channels.keys()) await next.query(`listen ${next.escapeIdentifier(channel)}`);
    client = next;
    return next;
  }

  function connected(): Promise<pg.Client> {
    if (client) return Promise.resolve(client);
    connecting ??= connect().finally(() => {
      connecting = undefined;
    });
    return connecting;
  }

  async function reconnect(): Promise<void> {
    for (let delay = firstDelayMs; !closed; delay = Math.min(delay * 2, longestDelayMs)) {
      try {
        await connected();
        for (const listeners of channels.values()) for (const { onGap } of listeners) onGap?.();
        return;
      } catch (error) {
        log.warn(
          { reason: error instanceof Error ? error.message : error, retryInMs: delay },
          'Cannot listen to the database yet',
        );
        await sleep(delay, undefined, { ref: false });
      }
    }
  }

  return {
    async listen(channel, onPayload, onGap) {
      const listener: Listener = { onPayload, onGap };
      const listeners = channels.get(channel) ?? new Set();
      const isFirst = listeners.size === 0;
      listeners.add(listener);
      channels.set(channel, listeners);
      const current = await connected();
      if (isFirst) await current.query(`listen ${current.escapeIdentifier(channel)}`);
      return async () => {
        listeners.delete(listener);
        if (listeners.size > 0 || channels.get(channel) !== listeners) return;
        channels.delete(channel);
        await client?.query(`unlisten ${client.escapeIdentifier(channel)}`).catch(() => undefined);
      };
    },
    async close() {
      closed = true;
      channels.clear();
      await connecting?.catch(() => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}
