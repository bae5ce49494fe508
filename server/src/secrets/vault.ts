import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Encryption at rest: each record under a key of its own, those keys under the master key. */
export interface Vault {
  /** @param aad the record's id: a sealed value copied to another record does not open */
  seal(plaintext: string, aad: string): Buffer;
  /** @throws VaultError when it was sealed with another key, for another record, or was changed */
  open(sealed: Uint8Array, aad: string): string;
  /** A key for another purpose (`'sessions'`), the same each time. 32 bytes, base64. */
  derive(purpose: string): string;
  /** Tells master keys apart without giving them away. 16 hex digits. */
  readonly keyId: string;
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

/** @param masterKey exactly 32 bytes */
export function createVault({ masterKey }: { masterKey: Buffer }): Vault {
  if (masterKey.length !== keyBytes) throw new VaultError(`The master key must be ${keyBytes} bytes.`);
  const id = createHash('sha256').update('purser key id').update(masterKey).digest().subarray(0, keyIdBytes);

  return {
    keyId: id.toString('hex'),
    seal(plaintext, aad) {
      const dataKey = randomBytes(keyBytes);
      const wrapped = encrypt(masterKey, dataKey, `key:${aad}`);
      return Buffer.concat([
        Buffer.of(version),
        id,
        wrapped,
        encrypt(dataKey, Buffer.from(plaintext), `data:${aad}`),
      ]);
    },
    open(sealed, aad) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < headerBytes + boxOverhead || bytes[0] !== version) {
        throw new VaultError('This is not a sealed value, or one of a newer version.');
      }
      if (!bytes.subarray(1, 1 + keyIdBytes).equals(id)) {
        throw new VaultError(
          'This was encrypted with another master key. Restore PURSER_MASTER_KEY or master.key.',
        );
      }
      try {
        const dataKey = decrypt(masterKey, bytes.subarray(1 + keyIdBytes, headerBytes), `key:${aad}`);
        return decrypt(dataKey, bytes.subarray(headerBytes), `data:${aad}`).toString('utf8');
      } catch (cause) {
        throw new VaultError('This encrypted value was changed or belongs to another record.', { cause });
      }
    },
    derive: (purpose) =>
      Buffer.from(hkdfSync('sha256', masterKey, '', `purser ${purpose}`, keyBytes)).toString('base64'),
  };
}
