/** True for errors of the connection, not of the statement: class 08, an administrator's shutdown, a refused socket. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (/^(08...|57P0[123]|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code)) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered/.test(
    error.message,
  );
}

/** Nothing more can be stored: the disk is full, or so is a quota (class 53, but for connections). */
export function isDatabaseFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === '53100' || code === 'ENOSPC' || code === 'EDQUOT';
}
