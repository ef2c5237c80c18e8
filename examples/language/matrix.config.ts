/** A language with lines: codenames, long-term support, an end of life, candidates, and a default base for each line. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'registry.example.com/acme/language',
  source: { file: 'releases.json' },
  scheme: 'semver',
  dockerfile: '{{major}}/{{os}}{{suffix}}/Dockerfile',
  flavors: {
    full: {},
    slim: { suffix: '-slim', where: { os: ['trixie', 'bookworm'] } },
  },
  axes: { os: ['bookworm', 'trixie', 'alpine3.24'] },
  defaults: { os: { '20': 'bookworm', '22': 'bookworm', '23': 'trixie', '24': 'trixie' } },
  aliases: { os: { '': 'default', alpine: 'alpine3.24' } },
  attributes: [
    { range: '>=20.0.0 <21.0.0', codename: 'iron', lts: true, eol: '2025-04-30' },
    { range: '>=22.0.0 <23.0.0', codename: 'jod', lts: true },
  ],
  hold: [{ version: '23.1.0', reason: 'crashes on arm64; lifted when 23.1.1 is out' }],
  rules: {
    full: { template: '{{version}}-{{os}}{{suffix}}' },
    sha: false,
    minor: false,
    major: { template: '{{major}}-{{os}}{{suffix}}' },
    codename: { kind: 'convenience', template: '{{codename}}-{{os}}{{suffix}}' },
    lts: { kind: 'convenience', template: 'lts-{{os}}{{suffix}}', where: { lts: true } },
    rc: { kind: 'convenience', template: '{{major}}-rc-{{os}}{{suffix}}', releases: 'pre' },
    latest: { template: '{{os}}{{suffix}}' },
  },
});
