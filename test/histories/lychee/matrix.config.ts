/** `v0.15.1`, and from 0.16 on `lychee-v0.16.0`, beside a library's own git tags. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/lycheeverse/lychee',
  source: { git: '.' },
  scheme: 'semver',
  tagPattern: String.raw`^(?:lychee-)?v?(?<version>\d+\.\d+\.\d+)$`,
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  rules: { latest: { template: 'latest' } },
  accept: [{ code: 'V_PREFIX', version: '0.7.0', reason: 'a slip' }],
});
