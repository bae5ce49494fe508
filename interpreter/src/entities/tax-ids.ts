import type { Unread } from './entity.ts';

/** Kinds of tax ids by how the number looks: https://docs.stripe.com/billing/customer/tax-ids */
const byShape: readonly (readonly [shape: RegExp, type: string])[] = [
  [
    /\b(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[A-Z]?\d[A-Z0-9]{6,11}\b/,
    'eu_vat',
  ],
  [/\bGB\d{9}(?:\d{3})?\b/, 'gb_vat'],
  [/\bCHE-?\d{3}\.?\d{3}\.?\d{3} ?(?:MWST|TVA|IVA)\b/, 'ch_vat'],
  [/\bCHE-?\d{3}\.?\d{3}\.?\d{3}\b/, 'ch_uid'],
  [/\b\d{9}MVA\b/, 'no_vat'],
  [/\bT\d{13}\b/, 'jp_trn'],
  [/\b\d{2}[A-Z]{5}\d{4}[A-Z][A-Z\d]Z[A-Z\d]\b/, 'in_gst'],
  [/\b\d{9}RT\d{4}\b/, 'ca_gst_hst'],
  [/\b\d{2}\.?\d{3}\.?\d{3}\/\d{4}-\d{2}\b/, 'br_cnpj'],
  [/\b\d{2}-\d{7}\b/, 'us_ein'],
];
/** The same by what people call the number. */
const byName: readonly (readonly [name: RegExp, type: string])[] = [
  [/\bein\b|\bemployer identification\b/i, 'us_ein'],
  [/\babn\b/i, 'au_abn'],
  [/\barn\b/i, 'au_arn'],
  [/\brfc\b/i, 'mx_rfc'],
  [/\bcnpj\b/i, 'br_cnpj'],
  [/\bcpf\b/i, 'br_cpf'],
  [/\bcif\b/i, 'es_cif'],
  [/\bnz gst\b/i, 'nz_gst'],
];

/** The kind of the tax id a text holds; undefined where neither its shape nor its name says. */
export function taxIdType(text: string): string | undefined {
  return byShape.find(([shape]) => shape.test(text))?.[1] ?? byName.find(([name]) => name.test(text))?.[1];
}

/** Countries whose numbers people space out: "DE 811 907 980", "GB 123 4567 89". */
const spaced =
  /(?<![\p{L}\d])(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI|CHE)[ .-]?[A-Z]?\d[\dA-Z .-]{4,16}[\dA-Z](?![\p{L}\d])/gu;
/** Numbers without letters are tax ids only where that is said: "tax id 12-3456789". */
const labelled =
  /(?<=\b(?:vat|tax|ust|ein|abn|gst|ust-?id|steuer|siren|cif|nif|rfc)\b[^\n.]{0,24}?[ :#])[A-Z]{0,3}[ -]?\d[\dA-Z -]{5,14}[\dA-Z](?![\p{L}\d])/giu;

/** Numbers under which somebody pays taxes, without the blanks between their digits. */
export function findTaxIds(unread: Unread): void {
  const read = ([said]: RegExpExecArray) => {
    const number = said.replace(/[ .]/g, '');
    const digits = number.replace(/\D/g, '').length;
    return digits >= 7 && digits <= 15 ? ({ type: 'tax_id', number } as const) : undefined;
  };
  unread.claim(spaced, read);
  unread.claim(labelled, read);
}
