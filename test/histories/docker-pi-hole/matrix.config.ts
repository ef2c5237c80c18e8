/** Months with a zero in front, two and three numbers, and image numbers behind a dash. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/pihole/pihole',
  source: { git: '.' },
  scheme: 'calver',
  tagPattern: String.raw`^v?(?<version>\d+\.\d+(?:\.\d+)?(?:-\d+)?)$`,
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  rules: { sha: false, minor: false, latest: { template: 'latest' } },
  accept: [
    { code: 'V_PREFIX', range: '*', reason: 'the v went with calendar versions' },
    { code: 'REVISION_SHARED', range: '*', reason: 'images were built again from one commit' },
  ],
});
