import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVault } from './vault.ts';

const masterKey = randomBytes(32);
const vault = createVault({ masterKey });

describe('the vault', () => {
  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plaintext, aad) => {
        expect(vault.open(vault.seal(plaintext, aad), aad)).toBe(Buffer.from(plaintext).toString());
      }),
    );
  });

  it('seals the same text differently each time, and never readably', () => {
    const [first, second] = [vault.seal('sk_live_secret', 'con_1'), vault.seal('sk_live_secret', 'con_1')];
    expect(first.equals(second)).toBe(false);
    expect(first.includes('sk_live_secret')).toBe(false);
  });

  it('does not open a value that was moved to another record', () => {
    const sealed = vault.seal('secret', 'con_1');
    expect(() => vault.open(sealed, 'con_2')).toThrow('another record');
  });

  it('does not open a value with any bit changed', () => {
    const sealed = vault.seal('secret', 'con_1');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => vault.open(changed, 'con_1')).toThrow();
    }
  });

  it('does not open one half with the other half of another value', () => {
    const [first, second] = [vault.seal('one', 'con_1'), vault.seal('two', 'con_1')];
    const mixed = Buffer.concat([first.subarray(0, 69), second.subarray(69)]);
    expect(() => vault.open(mixed, 'con_1')).toThrow();
  });

  it('says when the master key is another one', () => {
    const other = createVault({ masterKey: randomBytes(32) });
    expect(() => other.open(vault.seal('secret', 'a'), 'a')).toThrow('another master key');
    expect(other.keyId).not.toBe(vault.keyId);
  });

  it('derives a different key for each purpose, the same one each time', () => {
    expect(vault.derive('sessions')).toBe(createVault({ masterKey }).derive('sessions'));
    expect(vault.derive('sessions')).not.toBe(vault.derive('other'));
    expect(vault.derive('sessions')).not.toContain(masterKey.toString('base64'));
  });

  it('refuses a master key of another length', () => {
    expect(() => createVault({ masterKey: randomBytes(16) })).toThrow('32 bytes');
  });
});
