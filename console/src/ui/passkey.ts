/** Whether passkeys bound to `rpId` work in this window: browsers take no addresses, and no foreign names. */
export function canUsePasskeys(rpId: string, host: string = location.hostname): boolean {
  const fits = host === rpId || host.endsWith(`.${rpId}`);
  return (
    fits && typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential
  );
}

/** The browser's question for a passkey that is there. null: the person turned away. */
export async function askForPasskey(options: PublicKeyCredentialRequestOptionsJSON): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return jsonOf(await navigator.credentials.get({ publicKey }).catch(turnedAway));
}

/** The browser's question to make one. null: the person turned away. */
export async function makePasskey(options: PublicKeyCredentialCreationOptionsJSON): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return jsonOf(await navigator.credentials.create({ publicKey }).catch(turnedAway));
}

function jsonOf(credential: Credential | null): unknown {
  return credential instanceof PublicKeyCredential ? credential.toJSON() : null;
}

function turnedAway(error: unknown): null {
  if (error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name)) return null;
  throw error;
}
