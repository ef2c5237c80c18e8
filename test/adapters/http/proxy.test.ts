import { describe, expect, test } from 'vitest';
import { proxyOf, type Environment } from '../../../src/adapters/http/proxy.ts';
import { problemsOf } from '../../support/problems.ts';

const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

describe('which variable, and what it may look like', () => {
  const rows: readonly { name: string; url?: string; env: Environment; goes: string | null; login?: string }[] = [
    { name: 'none', env: {}, goes: null },
    { name: 'an empty one', env: { HTTPS_PROXY: '', ALL_PROXY: ' ' }, goes: null },
    { name: 'upper case', env: { HTTPS_PROXY: 'http://p:3128' }, goes: 'http://p:3128' },
    { name: 'lower case', env: { https_proxy: 'http://p:3128' }, goes: 'http://p:3128' },
    {
      name: 'both: lower case wins',
      env: { HTTPS_PROXY: 'http://q:1', https_proxy: 'http://p:1' },
      goes: 'http://p:1',
    },
    { name: 'empty lower case: upper case', env: { HTTPS_PROXY: 'http://q:1', https_proxy: '' }, goes: 'http://q:1' },
    { name: 'HTTP_PROXY is not for https', env: { HTTP_PROXY: 'http://p:3128' }, goes: null },
    {
      name: 'HTTPS_PROXY is not for http',
      url: 'http://registry.test/',
      env: { HTTPS_PROXY: 'http://p:1' },
      goes: null,
    },
    {
      name: 'HTTP_PROXY is for http',
      url: 'http://registry.test/',
      env: { HTTP_PROXY: 'http://p:1' },
      goes: 'http://p:1',
    },
    { name: 'ALL_PROXY for both', env: { ALL_PROXY: 'http://p:3128' }, goes: 'http://p:3128' },
    { name: 'all_proxy for http', url: 'http://registry.test/', env: { all_proxy: 'http://p:1' }, goes: 'http://p:1' },
    {
      name: 'the own variable before ALL_PROXY',
      env: { ALL_PROXY: 'http://q:1', HTTPS_PROXY: 'http://p:1' },
      goes: 'http://p:1',
    },
    {
      name: 'HTTP_PROXY under CGI is what a client sent',
      url: 'http://registry.test/',
      env: { HTTP_PROXY: 'http://evil:1', REQUEST_METHOD: 'GET' },
      goes: null,
    },
    {
      name: 'http_proxy under CGI is the own',
      url: 'http://registry.test/',
      env: { http_proxy: 'http://p:1', REQUEST_METHOD: 'GET' },
      goes: 'http://p:1',
    },
    { name: 'no scheme', env: { HTTPS_PROXY: 'proxy.corp:3128' }, goes: 'http://proxy.corp:3128' },
    { name: 'no scheme, no port', env: { HTTPS_PROXY: 'proxy.corp' }, goes: 'http://proxy.corp' },
    {
      name: 'no scheme, with a login',
      env: { HTTPS_PROXY: 'me:pw@proxy:8080' },
      goes: 'http://proxy:8080',
      login: 'me:pw',
    },
    { name: 'over TLS', env: { HTTPS_PROXY: 'https://proxy.corp:8443' }, goes: 'https://proxy.corp:8443' },
    { name: 'SOCKS 5', env: { ALL_PROXY: 'socks5://p:9050' }, goes: 'socks5://p:9050' },
    { name: 'SOCKS 5 that looks names up, default port', env: { ALL_PROXY: 'socks5h://p' }, goes: 'socks5://p:1080' },
    { name: 'a login', env: { HTTPS_PROXY: 'http://me:secret@p:3128' }, goes: 'http://p:3128', login: 'me:secret' },
    {
      name: 'an escaped login',
      env: { HTTPS_PROXY: 'http://a%40b:p%3Aw%2F@p:1' },
      goes: 'http://p:1',
      login: 'a@b:p:w/',
    },
    {
      name: 'a login with a bare %',
      env: { HTTPS_PROXY: 'http://me:50%off@p:1' },
      goes: 'http://p:1',
      login: 'me:50%off',
    },
    { name: 'a user alone', env: { HTTPS_PROXY: 'http://me@p:1' }, goes: 'http://p:1', login: 'me:' },
    { name: 'a slash at the end', env: { HTTPS_PROXY: 'http://p:3128/' }, goes: 'http://p:3128' },
    { name: 'IPv6', env: { HTTPS_PROXY: 'http://[fd00::1]:3128' }, goes: 'http://[fd00::1]:3128' },
    { name: 'loopback never', url: 'https://127.0.0.1:5000/', env: { HTTPS_PROXY: 'http://p:1' }, goes: null },
    { name: 'localhost never', url: 'https://localhost/', env: { ALL_PROXY: 'http://p:1' }, goes: null },
  ];
  test.each(rows)('$name', ({ url = 'https://registry.test/', env, goes, login }) => {
    const proxy = proxyOf(new URL(url), env);
    expect(proxy === null ? null : `${proxy.url.protocol}//${proxy.url.host}`).toBe(goes);
    expect(proxy?.authorization ?? null).toBe(login === undefined ? null : basic(login));
    expect(proxy?.url.href ?? '').not.toContain('@');
  });

  test.each(['ftp://p:1', 'socks4://p:1', 'http://', 'http://p:99999'])('%s is no proxy', async (value) => {
    const problems = await problemsOf(() => proxyOf(new URL('https://registry.test/'), { HTTPS_PROXY: value }));
    expect(problems).toMatchObject([{ code: 'USAGE', where: 'environment HTTPS_PROXY' }]);
  });

  test('what is no address is not shown: it may hold a password', async () => {
    const env = { HTTPS_PROXY: 'ftp://me:secret@p:1' };
    const problems = await problemsOf(() => proxyOf(new URL('https://registry.test/'), env));
    expect(JSON.stringify(problems)).not.toContain('secret');
  });
});

describe('NO_PROXY', () => {
  const rows: readonly { noProxy: string; direct: readonly string[]; proxied: readonly string[] }[] = [
    { noProxy: '', direct: [], proxied: ['https://ghcr.io/'] },
    { noProxy: '*', direct: ['https://ghcr.io/', 'https://10.0.0.1/'], proxied: [] },
    { noProxy: 'a.test,*', direct: ['https://ghcr.io/'], proxied: [] },
    { noProxy: 'corp.test', direct: ['https://corp.test/', 'https://r.corp.test/'], proxied: ['https://xcorp.test/'] },
    { noProxy: '.corp.test', direct: ['https://corp.test/', 'https://r.corp.test/'], proxied: ['https://xcorp.test/'] },
    { noProxy: '*.corp.test', direct: ['https://a.r.corp.test/'], proxied: ['https://corp.test.evil/'] },
    { noProxy: 'CORP.Test.', direct: ['https://r.corp.test/', 'https://R.CORP.TEST./'], proxied: [] },
    {
      noProxy: 'a.test, b.test\tc.test',
      direct: ['https://a.test/', 'https://b.test/', 'https://c.test/'],
      proxied: ['https://d.test/'],
    },
    {
      noProxy: 'corp.test:5000',
      direct: ['https://r.corp.test:5000/'],
      proxied: ['https://r.corp.test/', 'https://corp.test:5001/'],
    },
    { noProxy: 'corp.test:443', direct: ['https://corp.test/'], proxied: ['https://corp.test:8443/'] },
    {
      noProxy: '10.1.2.3',
      direct: ['https://10.1.2.3/', 'https://10.1.2.3:5000/'],
      proxied: ['https://10.1.2.30/', 'https://1.10.1.2.3.test/'],
    },
    { noProxy: '10.1.2.3:5000', direct: ['https://10.1.2.3:5000/'], proxied: ['https://10.1.2.3/'] },
    { noProxy: '10.0.0.0/8', direct: ['https://10.255.0.1/'], proxied: ['https://11.0.0.1/', 'https://ten.test/'] },
    { noProxy: '192.168.0.0/33', direct: [], proxied: ['https://192.168.0.1/'] },
    { noProxy: 'fd00::/8', direct: ['https://[fd12::1]/'], proxied: ['https://[2001:db8::1]/', 'https://10.0.0.1/'] },
    { noProxy: 'fd00::1', direct: ['https://[fd00::1]:5000/'], proxied: ['https://[fd00::2]/'] },
    { noProxy: '[fd00::1]:5000', direct: ['https://[fd00::1]:5000/'], proxied: ['https://[fd00::1]/'] },
  ];
  test.each(rows)('"$noProxy"', ({ noProxy, direct, proxied }) => {
    const isProxied = (url: string): boolean =>
      proxyOf(new URL(url), { HTTPS_PROXY: 'http://p:3128', NO_PROXY: noProxy }) !== null;
    expect(direct.filter(isProxied)).toEqual([]);
    expect(proxied.filter((url) => !isProxied(url))).toEqual([]);
  });

  test('lower case wins here too', () => {
    const env = { HTTPS_PROXY: 'http://p:1', no_proxy: 'a.test', NO_PROXY: '*' };
    expect(proxyOf(new URL('https://b.test/'), env)).not.toBe(null);
  });
});
