/** PHP: four ways to run it on four bases; the command line and the newer Debian go without a name. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/php',
  source: { file: 'releases.json' },
  dockerfile: '{{major}}.{{minor}}/{{os}}/{{sapi}}/Dockerfile',
  axes: {
    sapi: {
      cli: { aliases: [''] },
      apache: { where: { os: ['trixie', 'bookworm'] } },
      fpm: {},
      zts: {},
    },
    os: {
      trixie: { aliases: [''] },
      bookworm: {},
      'alpine3.24': { aliases: ['alpine'] },
      'alpine3.23': {},
    },
  },
  rules: {
    full: { template: '{{version}}-{{sapi}}-{{os}}' },
    sha: false,
    minor: { template: '{{major}}.{{minor}}-{{sapi}}-{{os}}' },
    major: { template: '{{major}}-{{sapi}}-{{os}}' },
    latest: { template: '{{sapi}}-{{os}}' },
    rc: { kind: 'convenience', template: '{{major}}.{{minor}}-rc-{{sapi}}-{{os}}', releases: 'pre' },
  },
});
