import { isLoopback } from '../../domain/reference.ts';

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

/** True where plain HTTP may be spoken, credentials included. */
export function mayBePlain(host: string, insecureHosts: ReadonlySet<string>): boolean {
  return isLoopback(host) || insecureHosts.has(host);
}

/** `GET` of these would go over the wire in clear: neither TLS, nor loopback, nor named. */
export function isExposed(url: URL, insecureHosts: ReadonlySet<string>): boolean {
  return url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain(url.host, insecureHosts));
}
