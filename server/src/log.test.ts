import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

function collect(options: { pretty?: boolean; redact?: (line: string) => string } = {}) {
  const lines: string[] = [];
  const { pretty = false, redact = (line) => line } = options;
  const log = createLog({ level: 'info', pretty, redact, write: (line) => lines.push(line) });
  return { log, lines };
}

describe('the log', () => {
  it('writes JSON lines at its level and above', () => {
    const { log, lines } = collect();
    log.debug('not this');
    log.warn({ port: 1 }, 'this');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, port: 1, msg: 'this' });
  });

  it('redacts whole lines, wherever the secret sits', () => {
    const { log, lines } = collect({ redact: (line) => line.replaceAll('swordfish', '***') });
    log.warn(
      { deep: [{ key: 'swordfish' }], err: new Error('bad swordfish', { cause: new Error('swordfish') }) },
      'swordfish',
    );
    expect(lines.join('')).not.toContain('swordfish');
  });

  it('keeps of an error what it is, not what hangs on it', () => {
    const { log, lines } = collect();
    log.error(
      { err: Object.assign(new Error('cut'), { code: '57P01', client: { password: 'x' } }) },
      'Broke',
    );
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({ type: 'Error', message: 'cut', code: '57P01' });
    expect(lines[0]).not.toContain('password');
  });

  it('is one readable line on a terminal', () => {
    const { log, lines } = collect({ pretty: true });
    log.info({ port: 1 }, 'Up');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d INFO Up port=1\n$/);
  });
});
