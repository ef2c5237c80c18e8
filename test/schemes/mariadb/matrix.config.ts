/** MariaDB: an Ubuntu and a UBI for each line, candidates that end in -rc, and a long-term line. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/mariadb',
  source: { file: 'releases.json' },
  axes: {
    os: {
      jammy: { range: '<11', dockerfile: '{{major}}.{{minor}}/Dockerfile', aliases: [''] },
      noble: { range: '>=11 <13.dev0', dockerfile: '{{major}}.{{minor}}/Dockerfile', aliases: [''] },
      resolute: { range: '>=13.dev0', dockerfile: '{{major}}.{{minor}}/Dockerfile', aliases: [''] },
      ubi9: { range: '<12', dockerfile: '{{major}}.{{minor}}-ubi/Dockerfile', aliases: ['ubi'] },
      ubi10: { range: '>=12', dockerfile: '{{major}}.{{minor}}-ubi/Dockerfile', aliases: ['ubi'] },
    },
  },
  attributes: [{ range: '>=12.3 <13.dev0', lts: true }],
  rules: {
    full: { template: '{{version}}-{{os}}', releases: 'finals' },
    candidate: { kind: 'pinned', template: '{{major}}.{{minor}}.{{patch}}-{{os}}-rc', releases: 'pre' },
    sha: false,
    minor: { template: '{{major}}.{{minor}}-{{os}}' },
    rc: { kind: 'convenience', template: '{{major}}.{{minor}}-{{os}}-rc', releases: 'pre' },
    major: { template: '{{major}}-{{os}}' },
    lts: { kind: 'convenience', template: 'lts-{{os}}', where: { lts: true } },
    latest: { template: '{{os}}', only: { os: ['noble'] } },
  },
});
