/** Redis: one Debian and one Alpine a release, newer ones from series to series. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/redis',
  source: { file: 'releases.json' },
  scheme: 'semver',
  axes: {
    os: {
      bookworm: { range: '<8.4', dockerfile: 'debian/Dockerfile', aliases: [''] },
      trixie: { range: '>=8.4', dockerfile: 'debian/Dockerfile', aliases: [''] },
      'alpine3.21': { range: '<8', dockerfile: 'alpine/Dockerfile', aliases: ['alpine'] },
      'alpine3.22': { range: '>=8 <8.6', dockerfile: 'alpine/Dockerfile', aliases: ['alpine'] },
      'alpine3.23': { range: '>=8.6', dockerfile: 'alpine/Dockerfile', aliases: ['alpine'] },
    },
  },
  rules: {
    full: { template: '{{version}}-{{os}}' },
    sha: false,
    minor: { template: '{{major}}.{{minor}}-{{os}}' },
    major: { template: '{{major}}-{{os}}', range: '<8' },
    // The bases that the newest 8 has; its older ones end with their minor.
    major8: { kind: 'convenience', template: '{{major}}-{{os}}', range: '>=8', only: { os: ['trixie', 'alpine3.23'] } },
    latest: { template: '{{os}}', only: { os: ['trixie', 'alpine3.23'] } },
  },
});
