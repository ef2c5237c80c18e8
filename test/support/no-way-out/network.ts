/** A network namespace with a loopback, and one way out on which everything that is sent is counted and lost. */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const resolver = '127.0.0.53';

/** Inside of a fresh namespace; ends with it. */
export function openWayOut(): void {
  const ip = (line: string): unknown => execFileSync('ip', line.split(' '));
  ip('link set lo up');
  ip('link add out type veth peer name nowhere');
  for (const name of ['out', 'nowhere']) writeFileSync(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, '1');
  // Nobody would answer who has an address.
  ip('link set out arp off');
  ip('addr add 198.51.100.2/24 dev out');
  ip('link set nowhere up');
  ip('link set out up');
  ip('route add default dev out');
}

/** Packets to anywhere but this machine, so far. */
export function packetsOut(): number {
  const line = readFileSync('/proc/self/net/dev', 'utf8')
    .split('\n')
    .find((text) => text.trim().startsWith('out:'));
  return Number(line?.trim().split(/\s+/)[10]);
}

/** The resolver of the namespace: it never answers. @returns what it was asked so far, by UDP and TCP */
export async function recordQueries(folder: string): Promise<readonly string[]> {
  const asked: string[] = [];
  const udp = createSocket('udp4');
  udp.on('message', (message) => void asked.push(nameIn(message)));
  udp.bind(53, resolver);
  await once(udp, 'listening');
  const tcp = createServer((socket) => {
    asked.push('over TCP');
    socket.destroy();
  });
  tcp.listen(53, resolver);
  await once(tcp, 'listening');
  // They end with the process.
  udp.unref();
  tcp.unref();
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, `nameserver ${resolver}\noptions timeout:1 attempts:1\n`);
  execFileSync('mount', ['--bind', file, '/etc/resolv.conf']);
  return asked;
}

/** @see https://www.rfc-editor.org/rfc/rfc1035#section-4.1.2 */
function nameIn(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; (query[at] ?? 0) > 0; at += (query[at] ?? 0) + 1) {
    labels.push(query.toString('latin1', at + 1, at + 1 + (query[at] ?? 0)));
  }
  return labels.join('.');
}
