/** PostgreSQL: two Debians and two Alpines; the newer of each goes without its number. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/postgres',
  source: { file: 'releases.json' },
  tagPattern: String.raw`^(?<version>\d+(?:\.\d+|(?:beta|rc)\d+))$`,
  dockerfile: '{{major}}/{{os}}/Dockerfile',
  axes: {
    os: {
      trixie: { aliases: [''] },
      bookworm: { platforms: ['linux/amd64', 'linux/arm64'] },
      'alpine3.24': { aliases: ['alpine'] },
      'alpine3.23': {},
    },
  },
  platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'],
  rules: {
    full: { template: '{{version}}-{{os}}' },
    sha: false,
    minor: false,
    major: { template: '{{major}}-{{os}}' },
    latest: { template: '{{os}}' },
  },
});
