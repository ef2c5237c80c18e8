/** Which proxy a request goes through: the rules of curl, git and Go's clients for the usual variables. */
import { BlockList, isIP } from 'node:net';
import { InputError } from '../../domain/errors.ts';
import { isLoopback } from '../../domain/reference.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Proxy {
  /** `http:`, `https:` or `socks5:`, and host and port. No credentials. */
  readonly url: URL;
  /** For `Proxy-Authorization`; `null` where the address names no user. */
  readonly authorization: string | null;
  readonly username: string;
  readonly password: string;
  /** The variable that names it, for messages. */
  readonly variable: string;
}

/**
 * The proxy of an address, `null` to go directly. `HTTPS_PROXY` is for https and `HTTP_PROXY` for http, then `ALL_PROXY`;
 * lower case wins. Loopback never goes through a proxy, nor what `NO_PROXY` names.
 *
 * @throws {InputError} USAGE for a value that is no address of a proxy
 * @see https://everything.curl.dev/usingcurl/proxies/env.html
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function proxyOf(url: URL, env: Environment): Proxy | null {
  if (isLoopback(url.host) || isExempt(url, variableOf(env, 'NO_PROXY')?.value ?? '')) return null;
  const own = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const named = variableOf(env, own) ?? variableOf(env, 'ALL_PROXY');
  return named === null ? null : readProxy(named.name, named.value);
}

function variableOf(env: Environment, upper: string): { readonly name: string; readonly value: string } | null {
  for (const name of [upper.toLowerCase(), upper]) {
    const value = env[name]?.trim() ?? '';
    // Under CGI a client's `Proxy:` header arrives as HTTP_PROXY: https://httpoxy.org
    if (value !== '' && !(name === 'HTTP_PROXY' && env['REQUEST_METHOD'] !== undefined)) return { name, value };
  }
  return null;
}

const schemes: Readonly<Record<string, string>> = { 'socks:': 'socks5:', 'socks5:': 'socks5:', 'socks5h:': 'socks5:' };

function readProxy(variable: string, text: string): Proxy {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  const scheme = url === null ? '' : (schemes[url.protocol] ?? url.protocol);
  if (url === null || url.hostname === '' || !['http:', 'https:', 'socks5:'].includes(scheme)) {
    const message = 'not the address of a proxy that can be used';
    const fix = `expected [http://][USER:PASSWORD@]HOST[:PORT], or https:// or socks5://, in ${variable}`;
    throw new InputError([{ code: 'USAGE', where: `environment ${variable}`, message, fix }]);
  }
  const [username, password] = [decoded(url.username), decoded(url.password)];
  const port = url.port === '' && scheme === 'socks5:' ? '1080' : url.port;
  return {
    url: new URL(`${scheme}//${url.hostname}${port === '' ? '' : `:${port}`}`),
    authorization:
      url.username === '' ? null : `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`,
    username,
    password,
    variable,
  };
}

/** A `%` that escapes nothing stands for itself, as in curl. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Whether `NO_PROXY` names the host: `*`, a name (and all below it, with or without a leading dot or `*.`), an address,
 * a range in CIDR notation; each with `:port` where only that port is meant.
 */
function isExempt(url: URL, noProxy: string): boolean {
  const port = url.port === '' ? { 'https:': '443', 'http:': '80' }[url.protocol] : url.port;
  const host = bare(url.hostname);
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*' || isInRange(host, entry)) return true;
      if (isIP(entry) === 6) return host === entry;
      const { name = '', port: only } = /^(?<name>\[.*\]|[^:]*)(?::(?<port>\d+))?$/.exec(entry)?.groups ?? {};
      if (only !== undefined && only !== port) return false;
      const domain = bare(name).replace(/^\*?\./, '');
      return domain !== '' && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)));
    });
}

/** Without brackets and without the dot that ends a full name. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isInRange(host: string, entry: string): boolean {
  const [network = '', prefix = ''] = entry.split('/');
  const [family, of] = [isIP(host), isIP(bare(network))];
  if (family === 0 || of === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (of === 4 ? 32 : 128)) return false;
  const range = new BlockList();
  range.addSubnet(bare(network), Number(prefix), of === 4 ? 'ipv4' : 'ipv6');
  return range.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
