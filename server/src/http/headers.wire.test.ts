import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peopleWorld, type World } from './testing.ts';

let world: World;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-console-'));
  await mkdir(join(folder, 'assets'));
  const page = '<!doctype html><script src="/theme.js"></script><script src="/assets/x.js"></script>';
  await writeFile(join(folder, 'index.html'), page);
  await writeFile(join(folder, 'assets/x.js'), '0');
  world = await peopleWorld({ behind: () => ({ consoleDir: folder }) });
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(path: string) {
  const answer = await world.app.request(path, { headers: { host: 'localhost' } });
  const policy = answer.headers.get('content-security-policy') ?? '';
  const nonce = /style-src 'self' 'nonce-([^']{16,})'/.exec(policy)?.[1];
  return { policy, nonce, text: await answer.text(), headers: answer.headers };
}

describe('the content security policy', () => {
  it.each(['/', '/index.html', '/threads/x', '/api/session', '/nothing.js'])(
    'of %s allows nothing inline',
    async (path) => {
      const { policy, nonce } = await open(path);
      expect(policy.replace("style-src-attr 'unsafe-inline'", '')).not.toMatch(/unsafe|\*|https?:/);
      expect(policy).toContain("default-src 'self'; ");
      expect(policy).toContain("script-src 'self'; ");
      for (const closed of [
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
      ])
        expect(policy).toContain(closed);
      expect(nonce).toBeDefined();
    },
  );

  it('lets styles through that carry what this page alone was told, and no script', async () => {
    const pages = [await open('/'), await open('/index.html'), await open('/threads/x')];
    expect(new Set(pages.map(({ nonce }) => nonce)).size).toBe(3);
    for (const { nonce, text, headers } of pages) {
      expect(text).toContain(`<script src="/theme.js" nonce="${nonce}">`);
      expect(text.split('nonce=')).toHaveLength(2);
      expect(headers.get('cache-control')).toBe('no-cache');
    }
  });
});

it('tells browsers to guess no types, show no frames, ask for no devices', async () => {
  const { headers } = await open('/');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(headers.get('permissions-policy')).toContain('camera=()');
  expect(headers.get('strict-transport-security')).toBeNull();
  expect((await open('/api/session')).headers.get('cache-control')).toBe('no-store');
});
