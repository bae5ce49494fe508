import type { Account } from '../account.ts';
import { derivedText } from '../ids.ts';

/** The Connect application of a platform, by which what it does on connected accounts is marked. */
export function applicationOf(platform: Account): string {
  return `ca_${derivedText(`the application of ${platform.id}`, 24)}`;
}
