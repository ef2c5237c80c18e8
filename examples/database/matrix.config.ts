/** A database on two Debians and two Alpines, as docker-library tags one. The newer of each goes without its number. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'registry.example.com/acme/database',
  source: { file: 'releases.json' },
  tagPattern: String.raw`^(?<version>\d+(?:\.\d+|(?:beta|rc)\d+))$`,
  dockerfile: '{{major}}/{{os}}/Dockerfile',
  platforms: ['linux/amd64', 'linux/arm64'],
  axes: {
    os: {
      bookworm: { base: 'debian:bookworm-slim', platforms: ['linux/amd64'] },
      trixie: { base: 'debian:trixie-slim', since: '16.0', aliases: [''] },
      'alpine3.23': { base: 'alpine:3.23' },
      'alpine3.24': { base: 'alpine:3.24', since: '16.1', aliases: ['alpine'] },
    },
  },
  aliases: { os: { '': { value: 'bookworm', range: '<16' }, alpine: { value: 'alpine3.23', range: '<16.1' } } },
  rules: {
    full: { template: '{{version}}-{{os}}' },
    sha: false,
    minor: false,
    major: { template: '{{major}}-{{os}}' },
    latest: { template: '{{os}}' },
  },
});
