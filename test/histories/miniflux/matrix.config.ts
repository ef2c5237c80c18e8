/** Git tags with a `v` and without: one release where they are on one commit, and two commits of one version. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/miniflux/miniflux',
  source: { git: '.' },
  scheme: 'semver',
  tagPattern: String.raw`^v?(?<version>\d+\.\d+\.\d+)$`,
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  rules: { sha: false, latest: { template: 'latest' } },
  exclude: [{ version: 'v2.0.48', reason: 'the image was built from 2.0.48' }],
  accept: [
    { code: 'V_PREFIX', range: '*', reason: 'the v went when modules came' },
    { code: 'REVISION_SHARED', version: '2.0.46', reason: 'renumbered' },
  ],
});
