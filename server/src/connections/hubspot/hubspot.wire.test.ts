import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutcomeUnknown } from '../../tools/tool.ts';
import { type Connected, connectTo } from '../testing-peer.ts';
import { hubspotConnection } from './index.ts';
import { type FakeHubspot, fakeHubspot } from './testing.ts';

let hubspot: FakeHubspot;
let crm: Connected;
let bob: string;
beforeAll(async () => {
  hubspot = await fakeHubspot();
  crm = await connectTo(hubspotConnection, { token: hubspot.token }, hubspot.url);
  bob = hubspot.add('contacts', {
    firstname: 'Bob',
    lastname: 'Loblaw',
    email: 'bob@example.com',
    lifecyclestage: 'lead',
  }).id;
  hubspot.add('contacts', { firstname: 'Bob', lastname: 'Other', email: 'other@example.com' });
  hubspot.add('deals', { dealname: 'Renewal', dealstage: 'contractsent' });
});
afterAll(() => hubspot.close());

describe('connecting', () => {
  test('says whose CRM it is, in which time zone, and nothing of the token', () => {
    expect(crm.checked).toMatchObject({ account: { id: '4711' }, timeZone: 'Europe/Berlin' });
    expect(crm.checked.permissions.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(JSON.stringify(crm.checked)).not.toContain(hubspot.token);
  });

  test.each([
    ['contacts', false],
    ['deals', true],
  ])('an app that may not read %s is shown so (fine: %s)', async (without, ok) => {
    const poor = await fakeHubspot({ without });
    const { checked } = await connectTo(hubspotConnection, { token: poor.token }, poor.url);
    expect(checked.permissions.find(({ label }) => label === without)).toMatchObject({ granted: 'none', ok });
    await poor.close();
  });

  test.each([
    [{ token: 'na1-123' }, 'credential_malformed'],
    [{ token: 'pat-eu1-wrongwrongwrong' }, 'key_wrong'],
  ])('%j is refused', async (entered, code) => {
    await expect(connectTo(hubspotConnection, entered, hubspot.url)).rejects.toMatchObject({ code });
  });
});

describe('notes', () => {
  test('stand on the contact with that address, as text and not as HTML, and are read again', async () => {
    const input = {
      record: 'bob@example.com',
      text: 'Paid $1,250.00 <script>alert(1)</script>\nInvoice in_1',
    };
    const { preview } = await crm.plan('add_hubspot_note', input);
    expect(preview).toMatchObject({
      summary: 'Note on the contact Bob Loblaw in HubSpot',
      objects: [{ id: bob }],
    });
    await crm.call('add_hubspot_note', input, 'op_note');
    expect(hubspot.notes[0]).toMatchObject({
      on: bob,
      properties: {
        hs_note_body:
          'Paid $1,250.00 &lt;script&gt;alert(1)&lt;/script&gt;<br>Invoice in_1<br><br>purser_op: op_note',
      },
    });
    const { view } = await crm.call('get_hubspot_contact', { record: bob });
    expect(view).toMatchObject({
      email: 'bob@example.com',
      notes: [{ text: expect.stringContaining('Paid $1,250.00') }],
    });
  });

  test('one whose answer was lost is found and not made twice', async () => {
    const before = hubspot.notes.length;
    const input = { record: bob, text: 'Once.' };
    hubspot.loseNext();
    await expect(crm.call('add_hubspot_note', input, 'op_lost')).rejects.toBeInstanceOf(OutcomeUnknown);
    await crm.call('add_hubspot_note', input, 'op_lost');
    expect(hubspot.notes.length).toBe(before + 1);
  });

  test.each([
    [{ record: 'Bob', text: 'x' }, 'ambiguous'],
    [{ record: 'nobody@example.com', text: 'x' }, 'not_found'],
    [{ record: '999999', text: 'x' }, 'not_found'],
    [{ record: 'bob@example.com', text: '4242424242424242' }, 'card_number_refused'],
  ])('%j is refused', async (input, code) => {
    expect((await crm.refusal('add_hubspot_note', input)).code).toBe(code);
  });

  test('a deal can be noted on as well', async () => {
    await crm.call('add_hubspot_note', { record: 'Renewal', kind: 'deal', text: 'Signed.' });
    expect(hubspot.notes.at(-1)?.properties.hs_note_body).toContain('Signed.');
  });
});

describe('fields', () => {
  test('are changed with what they were shown before, and set back', async () => {
    const changes = { lifecyclestage: 'customer' };
    const { preview } = await crm.plan('update_hubspot_contact', { record: 'Bob Loblaw', changes });
    expect(preview.facts).toEqual([{ label: 'lifecyclestage', value: 'lead → customer' }]);
    const made = await crm.call('update_hubspot_contact', { record: 'Bob Loblaw', changes });
    expect(hubspot.contacts[0]?.properties.lifecyclestage).toBe('customer');
    expect((await crm.refusal('update_hubspot_contact', { record: bob, changes })).code).toBe('already_so');
    await crm.call(made.undo?.tool ?? '', made.undo?.input);
    expect(hubspot.contacts[0]?.properties.lifecyclestage).toBe('lead');
  });

  test('that tools may not change are refused before anything is asked', () => {
    const parsed = crm
      .tool('update_hubspot_contact')
      .input.safeParse({ record: bob, changes: { email: 'x@example.com' } });
    expect(parsed.success).toBe(false);
  });
});

test('contacts are found by their words, and others’ text vouches for nothing', async () => {
  const { view } = await crm.call('find_hubspot_contacts', { query: 'loblaw' });
  expect(view).toMatchObject({
    seen: 1,
    complete: true,
    data: [{ id: bob, name: 'Bob Loblaw', firstname_text: 'Bob' }],
  });
});

test.each([
  [{ status: 403, body: { message: 'scopes' } }, 'permission_missing'],
  [{ status: 429, headers: { 'retry-after': '10' }, body: { message: 'limit' } }, 'rate_limited'],
  [{ status: 502, body: 'bad gateway' }, 'far_side_failed'],
])('%j is explained', async (answer, code) => {
  hubspot.failNext(answer);
  expect((await crm.refusal('find_hubspot_contacts', { query: 'x' })).code).toBe(code);
});
