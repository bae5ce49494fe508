import { StripeFault } from '../wire/errors.ts';
import { decodeForm, type FormMap } from '../wire/form.ts';

/** No field of a page takes more. */
const maxLength = 1000;

/** What a form sent, as text without the space around it. */
export interface Form {
  /** '' when the field was left empty or is not there. */
  text(name: string): string;
  /** The fields whose names begin so, by the rest of their name. */
  under(prefix: string): ReadonlyMap<string, string>;
}

/** What is wrong with a form, by the field it stands beside; '' is for the form as a whole. */
export type Problems = Readonly<Record<string, string>>;

export function readForm(body: string): Form {
  const form = decoded(body);
  const text = (name: string) => {
    const value = Object.hasOwn(form, name) ? form[name] : undefined;
    return typeof value === 'string' ? value.trim().slice(0, maxLength) : '';
  };
  return {
    text,
    under: (prefix) =>
      new Map(
        Object.keys(form)
          .filter((name) => name.startsWith(prefix))
          .map((name) => [name.slice(prefix.length), text(name)]),
      ),
  };
}

/** A body that no form of ours could have sent is as good as an empty one. */
function decoded(body: string): FormMap {
  try {
    return decodeForm(body);
  } catch (error) {
    if (error instanceof StripeFault) return {};
    throw error;
  }
}

/** A form nobody has sent yet. */
export const emptyForm: Form = readForm('');
