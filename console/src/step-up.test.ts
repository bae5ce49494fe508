import { afterEach, expect, test } from 'vitest';
import { askForProof, setAsker } from './step-up.ts';

afterEach(() => setAsker(undefined));

test('nobody is asked where no page is open', async () => {
  expect(await askForProof()).toBe(false);
});

test('two who want a proof at once share one question, and the next asks anew', async () => {
  let asked = 0;
  setAsker(async () => {
    asked += 1;
    return true;
  });
  expect(await Promise.all([askForProof(), askForProof()])).toEqual([true, true]);
  expect(asked).toBe(1);
  await askForProof();
  expect(asked).toBe(2);
});
