import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Encryption at rest: each record under a key of its own, those keys under the master key. */
export interface Vault {
  /** @param aad the record's id: a sealed value copied to another record does not open */
  seal(plaintext: string, aad: string): Buffer;
  /** @throws VaultError when it was sealed with another key, for another record, or was changed */
  open(sealed: Uint8Array, aad: string): string;
  /** A key for another purpose (`'sessions'`), the same each time, whatever the master key is. 32 bytes, base64. */
  derive(purpose: string): string;
  /** Tells master keys apart without giving them away: of the one that seals. 16 hex digits. */
  readonly keyId: string;
}

/** A vault whose master key can be replaced while it is in use: it opens with several, and seals with one. */
export interface Keyring extends Vault {
  knows(keyId: string): boolean;
  /** From now on opens what this key sealed. @returns its id */
  adopt(masterKey: Buffer): string;
  /** From now on seals with a key it knows. */
  sealWith(keyId: string): void;
  /** The same under the key that seals now: only the small key in front is new. null: it is already. */
  rewrap(sealed: Uint8Array, aad: string): Buffer | null;
  /** What `derive` derives from, instead of the first master key. */
  setRoot(root: Buffer): void;
}

/** A sealed value that cannot be opened. */
export class VaultError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'VaultError';
  }
}

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const keyIdBytes = 8;
/** First byte of what is sealed: layout 1 is version, key id, wrapped data key, ciphertext. */
const version = 1;
const boxOverhead = nonceBytes + tagBytes;
const headerBytes = 1 + keyIdBytes + boxOverhead + keyBytes;

/** nonce, ciphertext, tag */
function encrypt(key: Buffer, plaintext: Buffer, aad: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(aad));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, box: Buffer, aad: string): Buffer {
  const nonce = box.subarray(0, nonceBytes);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(
    Buffer.from(aad),
  );
  decipher.setAuthTag(box.subarray(box.length - tagBytes));
  return Buffer.concat([decipher.update(box.subarray(nonceBytes, box.length - tagBytes)), decipher.final()]);
}

/** Which master key something was sealed with; null for what is not sealed. */
export function keyIdOf(sealed: Uint8Array): string | null {
  const bytes = Buffer.from(sealed);
  if (bytes.length < headerBytes + boxOverhead || bytes[0] !== version) return null;
  return bytes.subarray(1, 1 + keyIdBytes).toString('hex');
}

function idOf(masterKey: Buffer): string {
  if (masterKey.length !== keyBytes) throw new VaultError(`The master key must be ${keyBytes} bytes.`);
  const hash = createHash('sha256').update('purser key id').update(masterKey).digest();
  return hash.subarray(0, keyIdBytes).toString('hex');
}

/** @param masterKey exactly 32 bytes */
export function createVault({ masterKey }: { masterKey: Buffer }): Keyring {
  let sealing = idOf(masterKey);
  let root = masterKey;
  const keys = new Map([[sealing, masterKey]]);

  const keyOf = (id: string): Buffer => {
    const key = keys.get(id);
    if (key) return key;
    throw new VaultError(
      'This was encrypted with another master key. Restore PURSER_MASTER_KEY or master.key.',
    );
  };
  const wrap = (dataKey: Buffer, aad: string) =>
    Buffer.concat([
      Buffer.of(version),
      Buffer.from(sealing, 'hex'),
      encrypt(keyOf(sealing), dataKey, `key:${aad}`),
    ]);

  /** @throws VaultError */
  function dataKeyOf(bytes: Buffer, aad: string): Buffer {
    const id = keyIdOf(bytes);
    if (id === null) throw new VaultError('This is not a sealed value, or one of a newer version.');
    const key = keyOf(id);
    try {
      return decrypt(key, bytes.subarray(1 + keyIdBytes, headerBytes), `key:${aad}`);
    } catch (cause) {
      throw changed(cause);
    }
  }

  return {
    get keyId() {
      return sealing;
    },
    seal(plaintext, aad) {
      const dataKey = randomBytes(keyBytes);
      return Buffer.concat([wrap(dataKey, aad), encrypt(dataKey, Buffer.from(plaintext), `data:${aad}`)]);
    },
    open(sealed, aad) {
      const bytes = Buffer.from(sealed);
      const dataKey = dataKeyOf(bytes, aad);
      try {
        return decrypt(dataKey, bytes.subarray(headerBytes), `data:${aad}`).toString('utf8');
      } catch (cause) {
        throw changed(cause);
      }
    },
    rewrap(sealed, aad) {
      const bytes = Buffer.from(sealed);
      if (keyIdOf(bytes) === sealing) return null;
      return Buffer.concat([wrap(dataKeyOf(bytes, aad), aad), bytes.subarray(headerBytes)]);
    },
    knows: (id) => keys.has(id),
    adopt(key) {
      const id = idOf(key);
      keys.set(id, key);
      return id;
    },
    sealWith(id) {
      keyOf(id);
      sealing = id;
    },
    setRoot(next) {
      root = next;
    },
    derive: (purpose) =>
      Buffer.from(hkdfSync('sha256', root, '', `purser ${purpose}`, keyBytes)).toString('base64'),
  };
}

const changed = (cause: unknown): VaultError =>
  new VaultError('This encrypted value was changed or belongs to another record.', { cause });
