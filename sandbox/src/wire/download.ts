/** An answer that is the contents of a file and not an object. */
export class Download {
  readonly headers: Readonly<Record<string, string>>;
  /** Reads them; rejects with what is to be answered when they are gone. */
  readonly read: () => Promise<Uint8Array>;

  constructor(headers: Readonly<Record<string, string>>, read: () => Promise<Uint8Array>) {
    this.headers = headers;
    this.read = read;
  }
}
