import { describe, expect, it } from 'vitest';
import { addressIn, trustedProxies } from './client-address.ts';

describe('where a request comes from', () => {
  const trusted = trustedProxies(['10.0.0.0/8', '::1', 'fd00::/8']);

  it.each([
    ['203.0.113.9', undefined, '203.0.113.9'],
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['10.0.0.2', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.2', 'forged, 198.51.100.1', '198.51.100.1'],
    ['10.0.0.2', '1.1.1.1, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['::ffff:10.0.0.2', '198.51.100.1', '198.51.100.1'],
    ['fd00::7', '2001:db8::1', '2001:db8::1'],
    ['10.0.0.2', undefined, '10.0.0.2'],
    ['10.0.0.2', '198.51.100.1, nonsense', '10.0.0.2'],
    ['10.0.0.2', '10.0.0.3', '10.0.0.2'],
    [undefined, '198.51.100.1', 'unknown'],
  ])('%s with X-Forwarded-For %s is %s', (peer, forwarded, address) => {
    expect(addressIn(peer, forwarded, trusted)).toBe(address);
  });

  it('is never what a client claims where no proxy is trusted', () => {
    expect(addressIn('127.0.0.1', '198.51.100.1', trustedProxies([]))).toBe('127.0.0.1');
  });
});
