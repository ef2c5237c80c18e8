/** Node.js: lines with codenames and LTS, of which each has its own default Debian. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/node',
  source: { file: 'releases.json' },
  scheme: 'semver',
  dockerfile: '{{major}}/{{os}}{{suffix}}/Dockerfile',
  flavors: {
    full: {},
    slim: { suffix: '-slim', where: { os: ['trixie', 'bookworm', 'bullseye'] } },
  },
  axes: { os: ['trixie', 'bookworm', 'bullseye', 'alpine3.24', 'alpine3.23'] },
  defaults: { os: { '22': 'bookworm', '24': 'bookworm', '26': 'trixie' } },
  aliases: { os: { '': 'default', alpine: 'alpine3.24' } },
  attributes: [
    { range: '>=22 <23', codename: 'jod' },
    { range: '>=24 <25', codename: 'krypton', lts: true },
  ],
  rules: {
    full: { template: '{{version}}-{{os}}{{suffix}}' },
    sha: false,
    minor: { template: '{{major}}.{{minor}}-{{os}}{{suffix}}' },
    major: { template: '{{major}}-{{os}}{{suffix}}' },
    codename: { kind: 'convenience', template: '{{codename}}-{{os}}{{suffix}}' },
    lts: { kind: 'convenience', template: 'lts-{{os}}{{suffix}}', where: { lts: true } },
    ltsCodename: {
      kind: 'convenience',
      template: 'lts-{{codename}}',
      where: { lts: true },
      only: { os: 'default', flavor: ['full'] },
    },
    current: { kind: 'convenience', template: 'current-{{os}}{{suffix}}' },
    latest: { template: '{{os}}{{suffix}}' },
  },
});
