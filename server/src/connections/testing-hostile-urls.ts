/** For tests: addresses that no setting may lead to, however they are written (OWASP's and PortSwigger's SSRF lists). */
export const hostileUrls: readonly string[] = [
  // Private networks, link-local with the clouds' metadata, shared, benchmarks, multicast, this network.
  'http://10.0.0.1/',
  'http://172.16.0.9/',
  'https://192.168.1.1/',
  'http://169.254.169.254/latest/meta-data',
  'http://100.100.100.200/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://0.0.0.0/',
  'http://0/',
  // The same as one number, in hexadecimal, octal, with parts left out, in other scripts.
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://0251.0376.0251.0376/',
  'http://10.1/',
  'http://169.254.43518/',
  'http://１０.0.0.1/',
  // IPv6: unique local, link-local, site-local, unspecified, multicast.
  'https://[fd00::1]/',
  'https://[fc00::1]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'http://[::]/',
  'https://[ff02::1]/',
  // IPv4 inside IPv6: mapped, compatible, NAT64, 6to4, Teredo.
  'https://[::ffff:10.0.0.1]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[0:0:0:0:0:ffff:192.168.0.1]/',
  'https://[::10.0.0.1]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[2002:a00:1::]/',
  'https://[2001:0:a00:1::]/',
  // What is not for secrets, and what is no address of the web.
  'http://93.184.216.34/',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
  'ftp://127.0.0.1/',
  'data:text/plain,x',
  'javascript:alert(1)',
];
