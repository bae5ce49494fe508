import { describe, expect, it } from 'vitest';
import { account, address, networkOf } from './guesses.ts';

describe('what guesses are counted by', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('of the address %s is %s', (given, network) => {
    expect(networkOf(given)).toBe(network);
    expect(address(given).key).toBe(`address:${network}`);
  });

  it('of a person is no text: people enter passwords where the address belongs', () => {
    const { key } = account('My secret password 1');
    expect(key).toMatch(/^account:[\w-]{43}$/);
    expect(account('my SECRET password 1').key).toBe(key);
  });
});
