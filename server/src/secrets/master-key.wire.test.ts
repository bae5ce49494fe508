import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadMasterKey, parseMasterKey } from './master-key.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'purser-key-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

describe('the master key', () => {
  it('is made once, readable by its owner alone, and the same from then on', async () => {
    const [first, second] = await Promise.all([loadMasterKey({ dataDir }), loadMasterKey({ dataDir })]).catch(
      () => [],
    );
    expect(first).toHaveLength(32);
    expect(second).toEqual(first);
    expect((await stat(join(dataDir, 'master.key'))).mode & 0o777).toBe(0o600);
    expect(await loadMasterKey({ dataDir })).toEqual(first);
  });

  it('is closed to others again when somebody opened it', async () => {
    await loadMasterKey({ dataDir });
    await chmod(join(dataDir, 'master.key'), 0o644);
    await loadMasterKey({ dataDir });
    expect((await stat(join(dataDir, 'master.key'))).mode & 0o777).toBe(0o600);
  });

  it('comes from the settings where they have one', async () => {
    const key = Buffer.alloc(32, 7);
    expect(await loadMasterKey({ dataDir, fromSettings: key.toString('base64') })).toEqual(key);
    await expect(stat(join(dataDir, 'master.key'))).rejects.toThrow('ENOENT');
  });

  it.each(['', 'short', 'a'.repeat(64), Buffer.alloc(31).toString('base64')])('refuses %j', (text) => {
    expect(() => parseMasterKey(text, 'PURSER_MASTER_KEY')).toThrow('PURSER_MASTER_KEY must hold 32 bytes');
  });

  it('names the file when the file is spoilt', async () => {
    await writeFile(join(dataDir, 'master.key'), 'nonsense');
    await expect(loadMasterKey({ dataDir })).rejects.toThrow('master.key must hold 32 bytes');
  });
});
