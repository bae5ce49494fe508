import type { TaxIdKind } from './id-kinds.ts';

/** How European VAT numbers are made after the country's letters; those of Northern Ireland begin with XI. */
const europeanForms: Readonly<Record<string, string>> = {
  AT: 'U\\d{8}',
  BE: '[01]\\d{9}',
  BG: '\\d{9,10}',
  CY: '\\d{8}[A-Z]',
  CZ: '\\d{8,10}',
  DE: '\\d{9}',
  DK: '\\d{8}',
  EE: '\\d{9}',
  EL: '\\d{9}',
  ES: '[A-Z\\d]\\d{7}[A-Z\\d]',
  FI: '\\d{8}',
  FR: '[A-Z\\d]{2}\\d{9}',
  HR: '\\d{11}',
  HU: '\\d{8}',
  IE: '(\\d{7}[A-Z]{1,2}|\\d[A-Z+*]\\d{5}[A-Z])',
  IT: '\\d{11}',
  LT: '(\\d{9}|\\d{12})',
  LU: '\\d{8}',
  LV: '\\d{11}',
  MT: '\\d{8}',
  NL: '\\d{9}B\\d{2}',
  PL: '\\d{10}',
  PT: '\\d{9}',
  RO: '\\d{2,10}',
  SE: '\\d{12}',
  SI: '\\d{8}',
  SK: '\\d{10}',
  XI: '(\\d{9}|\\d{12}|(GD|HA)\\d{3})',
};

/** How other kinds are made, spaces, dots, dashes and slashes aside; a kind that is not here is taken as it comes. */
const forms: Readonly<Partial<Record<TaxIdKind, string>>> = {
  ae_trn: '\\d{15}',
  ar_cuit: '\\d{11}',
  au_abn: '\\d{11}',
  au_acn: '\\d{9}',
  au_arn: '\\d{12}',
  br_cnpj: '[A-Z\\d]{12}\\d{2}',
  br_cpf: '\\d{11}',
  ca_bn: '\\d{9}',
  ca_gst_hst: '\\d{9}RT\\d{4}',
  ca_qst: '\\d{10}TQ\\d{4}',
  ch_uid: 'CHE\\d{9}',
  ch_vat: 'CHE\\d{9}(MWST|TVA|IVA)',
  cl_tin: '\\d{7,8}[\\dK]',
  de_stn: '\\d{10,13}',
  es_cif: '[A-Z\\d]\\d{7}[A-Z\\d]',
  eu_oss_vat: '(EU|IM)\\d{9,10}',
  eu_vat: `(${Object.entries(europeanForms)
    .map(([country, form]) => country + form)
    .join('|')})`,
  fr_siren: '\\d{9}',
  fr_siret: '\\d{14}',
  gb_vat: 'GB(\\d{9}|\\d{12}|(GD|HA)\\d{3})',
  hk_br: '\\d{8}',
  hr_oib: '\\d{11}',
  id_npwp: '\\d{15,16}',
  il_vat: '\\d{9}',
  in_gst: '\\d{2}[A-Z]{5}\\d{4}[A-Z][A-Z\\d]Z[A-Z\\d]',
  is_vat: '\\d{5,6}',
  jp_cn: '\\d{13}',
  jp_trn: 'T\\d{13}',
  kr_brn: '\\d{10}',
  li_vat: '\\d{5}',
  mx_rfc: '[A-ZÑ&]{3,4}\\d{6}[A-Z\\d]{3}',
  no_vat: '\\d{9}MVA',
  nz_gst: '\\d{8,9}',
  pl_nip: '\\d{10}',
  pt_nif: '\\d{9}',
  ru_inn: '(\\d{10}|\\d{12})',
  ru_kpp: '\\d{9}',
  sa_vat: '\\d{15}',
  th_vat: '\\d{13}',
  tr_tin: '\\d{10}',
  tw_vat: '\\d{8}',
  us_ein: '\\d{9}',
  za_vat: '4\\d{9}',
};

/** What stands for an outcome of verification instead of being a number, with or without a country's letters before it. */
const testNumbers: Readonly<Record<string, 'pending' | 'unverified' | 'verified'>> = {
  '000000000': 'verified',
  '111111111': 'unverified',
  '222222222': 'pending',
};

/** The kinds that Stripe asks a government about. */
export function isVerifiable(kind: TaxIdKind): boolean {
  return kind === 'au_abn' || kind === 'eu_vat' || kind === 'gb_vat';
}

/** What verification comes to. No government is asked here, so all but Stripe's test numbers stay without an answer. */
export function verdictOn(value: string): 'pending' | 'unavailable' | 'unverified' | 'verified' {
  return testNumbers[plain(value).replace(/^[A-Z]{2}/, '')] ?? 'unavailable';
}

/** Whether a value is one that a kind can have. */
export function isWellFormed(kind: TaxIdKind, value: string): boolean {
  if (isVerifiable(kind) && verdictOn(value) !== 'unavailable') return true;
  return new RegExp(`^${forms[kind] ?? '.*[A-Z\\d].*'}$`).test(plain(value));
}

/** The country of a tax id, as ISO has it; null where it is of many. */
export function countryOf(kind: TaxIdKind, value: string): string | null {
  if (kind === 'eu_oss_vat') return null;
  if (kind === 'ic_nif') return 'ES';
  if (kind !== 'eu_vat') return kind.slice(0, 2).toUpperCase();
  const letters = /^[A-Z]{2}/.exec(plain(value))?.[0] ?? null;
  if (letters === 'EL') return 'GR';
  return letters === 'XI' ? 'GB' : letters;
}

function plain(value: string): string {
  return value.toUpperCase().replaceAll(/[\s./-]/g, '');
}
