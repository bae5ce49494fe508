/**
 * What a US dollar is in every other currency. The rates never move, so that tests come out the same each time; they are
 * about those of the beginning of 2026.
 */
const table = `
aed 3.6725   afn 66.2     all 82.5     amd 381      ang 1.79     aoa 912      ars 1450     aud 1.5      awg 1.79
azn 1.7      bam 1.67     bbd 2        bdt 122      bgn 1.67     bhd 0.376    bif 2960     bmd 1        bnd 1.29
bob 6.91     brl 5.4      bsd 1        bwp 13.6     byn 3.2      bzd 2.01     cad 1.38     cdf 2250     chf 0.8
clp 920      clf 0.0232   cny 7.05     cop 3850     crc 500      cve 94.5     czk 20.8     djf 177.7    dkk 6.37
dop 63       dzd 130      egp 47.6     etb 154      eur 0.855    fjd 2.27     fkp 0.745    gbp 0.745    gel 2.7
gip 0.745    gmd 73       gnf 8700     gtq 7.67     gyd 209      hkd 7.78     hnl 26.3     htg 131      huf 329
idr 16700    ils 3.22     inr 89.5     isk 126      jmd 160      jod 0.709    jpy 156      kes 129      kgs 87.4
khr 4010     kmf 421      krw 1450     kwd 0.307    kyd 0.833    kzt 510      lak 21600    lbp 89500    lkr 309
lrd 178      lsl 16.9     mad 9.15     mdl 16.9     mga 4500     mkd 52.7     mmk 2100     mnt 3560     mop 8.01
mur 46       mvr 15.4     mwk 1734     mxn 18       myr 4.09     mzn 63.9     nad 16.9     ngn 1450     nio 36.8
nok 10.1     npr 143      nzd 1.73     omr 0.385    pab 1        pen 3.36     pgk 4.3      php 58.9     pkr 280
pln 3.6      pyg 6700     qar 3.64     ron 4.36     rsd 100      rub 79       rwf 1455     sar 3.75     sbd 8.1
scr 14       sek 9.25     sgd 1.29     shp 0.745    sle 23.5     sos 571      srd 38.5     std 21000    szl 16.9
thb 31.5     tjs 9.2      tnd 2.91     top 2.4      try 42.7     ttd 6.78     twd 31.4     tzs 2470     uah 42.2
ugx 3600     usd 1        uyu 39       uzs 12000    vnd 26300    vuv 121      wst 2.75     xaf 561      xcd 2.7
xcg 1.79     xof 561      xpf 102      yer 238      zar 16.9     zmw 22.9
`;

/** A rate in ten-thousandths, by currency. */
const perDollar: ReadonlyMap<string, bigint> = new Map(
  table
    .trim()
    .split(/\s{2,}|\n/)
    .map((cell) => {
      const [code = '', rate = ''] = cell.trim().split(' ');
      const [whole = '0', decimals = ''] = rate.split('.');
      return [code, BigInt(whole + decimals.padEnd(4, '0'))];
    }),
);

/** What a US dollar is in a currency, in ten-thousandths. */
export function tenThousandthsPerDollar(currency: string): bigint {
  const rate = perDollar.get(currency);
  if (rate === undefined) throw new RangeError(`No exchange rate for "${currency}".`);
  return rate;
}
