import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IANA's special-purpose registry: everything that is not globally reachable, and multicast. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** Of the global unicast 2000::/3, what is for documentation or tunnels, which lead to any IPv4 address. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const notPublic4 = listOf(NOT_PUBLIC_V4, 'ipv4');
const notPublic6 = listOf(NOT_PUBLIC_V6, 'ipv6');
const global6 = listOf(['2000::/3'], 'ipv6');
/** Addresses that hold an IPv4 address in their last 32 bits: mapped, and translated (NAT64). */
const holding4 = listOf(['::ffff:0:0/96', '64:ff9b::/96'], 'ipv6');

/** Whether the address is one of the public internet: not of this machine, a private network, a link or a cloud's metadata. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !notPublic4.check(address, 'ipv4');
  if (!isIPv6(address) || address.includes('%')) return false;
  if (holding4.check(address, 'ipv6')) return isPublicAddress(lastFourBytes(address));
  return global6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');
}

function listOf(networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function lastFourBytes(address: string): string {
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(address)?.[0];
  if (dotted !== undefined) return dotted;
  // As the URL parser writes it, without a dotted end: at most eight groups, one run of zeros left out.
  const [high = '0', low = '0'] = `0:0:${address.replace('::', ':0:0:')}`
    .split(':')
    .slice(-2)
    .map(g => g || '0');
  const bytes = [Number.parseInt(high, 16), Number.parseInt(low, 16)].flatMap(group => [group >> 8, group & 255]);
  return bytes.join('.');
}
