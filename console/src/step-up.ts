/** Who shows the question "is it you", while a signed-in page is open. */
type Asker = () => Promise<boolean>;

let asker: Asker | undefined;
let asking: Promise<boolean> | undefined;

export function setAsker(next: Asker | undefined): void {
  asker = next;
}

/**
 * Has the person prove again who they are. Two that want it at the same moment share one question.
 * @returns whether they did
 */
export async function askForProof(): Promise<boolean> {
  if (!asker) return false;
  asking ??= asker().finally(() => {
    asking = undefined;
  });
  return asking;
}
