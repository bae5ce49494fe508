import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountIdOf } from '../directory.ts';
import { createSandbox } from '../index.ts';
import type { CollectionSpec, Stored } from './collection.ts';
import { FileJournal } from './journal.ts';
import { JournalDamage } from './journal-file.ts';
import { openState, type State } from './state.ts';

const things: CollectionSpec<Stored & { readonly text: string }> = { name: 'things', indexes: {} };
const specs = new Map([[things.name, things as unknown as CollectionSpec<Stored>]]);

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-damage-'));
  path = join(folder, 'a.journal');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const opened = (): State => openState({ specs, journal: new FileJournal(path), keepsAfter: () => false });
const ids = (state: State) => [...state.of(things).oldestFirst()].map(({ id }) => id);

async function write(from: number, to: number): Promise<void> {
  const state = opened();
  for (let at = from; at < to; at++)
    state.transact(() => state.of(things).put({ id: `t${at}`, text: `naïve ${at} "quoted" \u2028 𝒳` }));
  await state.close();
}

function damage(): JournalDamage | null {
  try {
    opened();
    return null;
  } catch (error) {
    if (error instanceof JournalDamage) return error;
    throw error;
  }
}

test('a bit that flipped anywhere is reported, at its line, and the file stays as it is', async () => {
  await write(0, 12);
  const whole = readFileSync(path);
  const lineOf = (at: number) => whole.subarray(0, at).lastIndexOf(10) + 1;
  fc.assert(
    // But for the last newline, without which the last line is one that a crash cut short.
    fc.property(fc.nat(whole.length - 2), fc.nat(7), (at, bit) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      writeFileSync(path, bytes);
      expect(damage()?.position).toBe(lineOf(at));
      expect(readFileSync(path)).toEqual(bytes);
    }),
    { numRuns: 200 },
  );
});

test('lines that are cut short, missing or in another order are reported', async () => {
  await write(0, 12);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const spoilt = [
    lines.with(5, lines[5]?.slice(0, -7) ?? ''),
    lines.with(5, ''),
    lines.toSpliced(5, 1),
    lines.toSpliced(0, 1),
    lines.with(4, lines[5] ?? '').with(5, lines[4] ?? ''),
    lines.with(5, lines[5]?.slice(8) ?? ''),
  ];
  for (const changed of spoilt) {
    writeFileSync(path, `${changed.join('\n')}\n`);
    expect(damage()).toBeInstanceOf(JournalDamage);
  }
});

test('what stands before the damage is there once the file is cut where the message says', async () => {
  await write(0, 12);
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)] = 0;
  writeFileSync(path, bytes);
  const found = damage();
  truncateSync(path, found?.position ?? 0);
  const before = ids(opened());
  expect(before.length).toBeGreaterThan(3);
  expect(before).toEqual(Array.from(before, (_, at) => `t${at}`));
  await write(100, 101);
  expect(ids(opened())).toEqual([...before, 't100']);
});

test('a write that was cut short anywhere is dropped, and nothing before it', async () => {
  await write(0, 3);
  const before = readFileSync(path);
  await write(3, 4);
  const whole = readFileSync(path);
  for (let size = before.length; size < whole.length; size++) {
    writeFileSync(path, whole.subarray(0, size));
    expect(ids(opened())).toEqual(['t0', 't1', 't2']);
  }
});

test('journals of older sandboxes, without checksums, are read and gone on with', async () => {
  writeFileSync(path, '[["things",{"id":"t0","text":"a"}]]\n[["things",{"id":"t1","text":"b"}]]\n');
  await write(2, 4);
  expect(ids(opened())).toEqual(['t0', 't1', 't2', 't3']);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"a"', '"c"'));
  expect(damage()).toBeInstanceOf(JournalDamage);
});

test('what another process appends is never cut off: this one stops writing and says why', async () => {
  const ours = opened();
  ours.transact(() => ours.of(things).put({ id: 'ours', text: '' }));
  await ours.flush();
  await ours.rest();
  const theirs = opened();
  theirs.transact(() => theirs.of(things).put({ id: 'theirs', text: '' }));
  await theirs.close();
  ours.transact(() => ours.of(things).put({ id: 'late', text: '' }));
  await expect(ours.flush()).rejects.toThrow(/changed by someone else/);
  expect(ids(opened())).toEqual(['ours', 'theirs']);
});

test('the damage of one account is told by its answers; others go on', async () => {
  const sandbox = createSandbox({ dataDir: folder });
  const ask = (of: string, body?: string) =>
    sandbox.fetch('http://sandbox/v1/customers', {
      headers: { authorization: `Bearer sk_test_${of}` },
      ...(body ? { method: 'POST', body: new URLSearchParams(body) } : {}),
    });
  writeFileSync(
    join(folder, `${accountIdOf('sk_test_bad')}.journal`),
    '00000000[["customers",{"id":"cus_1"}]]\n',
  );
  for (let time = 0; time < 2; time++) {
    const refused = await ask('bad', 'name=A');
    expect(refused.status).toBe(500);
    expect(await refused.json()).toMatchObject({
      error: { type: 'api_error', message: expect.stringMatching(/damaged in line 1, .* truncate -s 0 /) },
    });
  }
  expect((await ask('good', 'name=A')).status).toBe(200);
  await sandbox.close();
});
