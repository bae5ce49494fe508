import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFinds } from '../../e2e/fixtures/axe.ts';
import { type Browsing, startBrowsing } from '../dev/browse.ts';

/** What went on while nobody was looking, as somebody finds it in the morning. */
let browsing: Browsing;
beforeAll(async () => {
  browsing = await startBrowsing();
}, 120_000);
afterAll(() => browsing?.close());

test('an alert says what is unusual, and is muted or tuned where it stands', async () => {
  const { page, close } = await browsing.visit('/inbox', { reducedMotion: 'reduce' });
  const alert = page.getByRole('listitem').filter({ hasText: '12 of 20 payments failed' });
  await alert.getByText(/Usually 1 fail at this time on weekdays/).waitFor();
  await alert.getByRole('link', { name: 'ch_3Qk82Lm' }).waitFor();
  await alert.getByRole('button', { name: /^Mute/ }).click();
  await page.getByRole('menuitem', { name: 'For a week' }).waitFor();
  expect(await axeFinds(page, 'a mute menu')).toEqual([]);
  const [muted] = await Promise.all([
    page.waitForRequest((request) => request.url().endsWith('/api/alerts/alr_1/mute')),
    page.getByRole('menuitem', { name: 'For a week' }).click(),
  ]);
  expect(muted.postDataJSON()).toEqual({ for: 'week' });
  await page.getByText(/muted for a week/).waitFor();
  await alert.waitFor({ state: 'detached' });
  await close();
});

test('an order says where it stands and why; it is cancelled after saying what will happen', async () => {
  const { page, close } = await browsing.visit('/orders', { reducedMotion: 'reduce' });
  await page.getByRole('link', { name: 'A-4711' }).click();
  await page.getByRole('heading', { level: 1, name: 'A-4711' }).waitFor();
  await page.getByText(/It answered 503: busy/).waitFor();
  await page.getByRole('button', { name: 'Cancel order' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel this order' });
  expect(await axeFinds(page, 'cancelling an order')).toEqual([]);
  await Promise.all([
    page.waitForRequest((request) => request.url().endsWith('/api/orders/ord_1/cancel')),
    dialog.getByRole('button', { name: 'Cancel order' }).click(),
  ]);
  await dialog.waitFor({ state: 'detached' });
  await close();
});

test('who may be written to is recorded with how they said so, and found again', async () => {
  const { page, close } = await browsing.visit('/outbox', { reducedMotion: 'reduce' });
  await page.getByRole('link', { name: 'Consent', exact: true }).click();
  const list = page.getByRole('listitem');
  await list.filter({ hasText: 'maya@example.com' }).getByText('Unsubscribed').waitFor();
  await page.getByRole('radio', { name: 'Consented' }).click();
  await list.filter({ hasText: 'maya@example.com' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Record consent' }).click();
  const dialog = page.getByRole('dialog', { name: 'Record consent' });
  expect(await dialog.getByRole('button', { name: 'Record it' }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox', { name: 'Address' }).fill('dora@example.com');
  await dialog.getByRole('textbox', { name: 'Where and how' }).fill('Asked for it on the phone');
  expect(await axeFinds(page, 'recording a consent')).toEqual([]);
  await dialog.getByRole('button', { name: 'Record it' }).click();
  await list.filter({ hasText: 'dora@example.com' }).getByText('Consented').waitFor();
  await close();
});

test('a webhook that is refused says why and what to do; an event that failed is handled again', async () => {
  const { page, close } = await browsing.visit('/connections/con_live', { reducedMotion: 'reduce' });
  await page.getByText(/does not fit any of the secrets. Copy the signing secret/).waitFor();
  const event = page.getByRole('listitem').filter({ hasText: 'The agent could not be begun.' });
  const [replayed] = await Promise.all([
    page.waitForRequest((request) => request.url().endsWith('/events/evt_2/replay')),
    event.getByRole('button', { name: 'Handle invoice.payment_failed again' }).click(),
  ]);
  expect(replayed.method()).toBe('POST');
  await page.getByText('It is handled again').waitFor();
  await close();
});
