/** Go, without Windows and without tip, which is not a release. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/golang',
  source: { file: 'releases.json' },
  scheme: 'semver',
  dockerfile: '{{major}}.{{minor}}/{{os}}/Dockerfile',
  axes: {
    os: {
      trixie: { aliases: [''] },
      bookworm: {},
      'alpine3.24': { aliases: ['alpine'] },
      'alpine3.23': {},
    },
  },
  rules: {
    full: { template: '{{version}}-{{os}}' },
    sha: false,
    minor: { template: '{{major}}.{{minor}}-{{os}}' },
    major: { template: '{{major}}-{{os}}' },
    latest: { template: '{{os}}' },
  },
});
