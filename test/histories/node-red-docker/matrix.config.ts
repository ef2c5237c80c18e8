/** `v1.0.6-2` is the second image of 1.0.6: a number of its own, above `v1.0.6`. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/nodered/node-red',
  source: { git: '.' },
  tagPattern: String.raw`^v?(?<version>(?<base>\d+\.\d+\.\d+)(?:-(?<beta>beta\.\d+))?(?:-(?<image>\d+))?)$`,
  scheme: { base: 'semver', beta: 'pre', image: 'number' },
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  rules: {
    sha: false,
    latest: { template: 'latest' },
    upstream: { kind: 'convenience', template: 'node-red-{{base}}' },
  },
  accept: [
    { code: 'V_PREFIX', range: '*', reason: 'the v came with 1.0' },
    { code: 'REVISION_SHARED', range: '*', reason: 'built again from one commit' },
  ],
});
