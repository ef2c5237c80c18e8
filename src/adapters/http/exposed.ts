import { isLoopback } from '../../domain/reference.ts';

/** True where plain HTTP may be spoken, credentials included. */
export function mayBePlain(host: string, insecureHosts: ReadonlySet<string>): boolean {
  return isLoopback(host) || insecureHosts.has(host);
}

/** A request to it would go over the wire in clear: neither TLS, nor loopback, nor named. */
export function isExposed(url: URL, insecureHosts: ReadonlySet<string>): boolean {
  return url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain(url.host, insecureHosts));
}
