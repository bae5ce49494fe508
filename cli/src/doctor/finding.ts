/** One thing looked at. `off` is a choice, not a fault. */
export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'off' | 'warn' | 'bad';
  readonly says: string;
  /** What to do about it. */
  readonly fix?: string;
}

export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const loopback = /^(localhost|127(\.\d+){3}|::1|\[::1\])$/;
export const isLoopback = (host: string): boolean => loopback.test(host);
