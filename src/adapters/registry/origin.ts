import { mayBePlain } from '../http/exposed.ts';

/** Where Docker Hub's registry lives; `docker.io` itself answers nothing. */
const dockerHubHost = 'registry-1.docker.io';

/**
 * The origin of a registry's API. TLS everywhere, but for loopback and the hosts that were named one by one.
 *
 * @param insecureHosts `host[:port]` each, as in references
 */
export function originOf(registry: string, insecureHosts: ReadonlySet<string>): string {
  if (registry === 'docker.io') return `https://${dockerHubHost}`;
  return `${mayBePlain(registry, insecureHosts) ? 'http' : 'https'}://${registry}`;
}
