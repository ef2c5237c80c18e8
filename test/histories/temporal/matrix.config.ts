/** Parallel lines of builds (`1.31.0-152.0`) beside the releases: the pattern leaves them out. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/temporalio/server',
  source: { git: '.' },
  scheme: 'semver',
  tagPattern: String.raw`^v?(?<version>\d+\.\d+\.\d+(?:-rc\.?\d+)?)$`,
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  rules: { sha: false, latest: { template: 'latest' } },
  accept: [
    { code: 'V_PREFIX', version: '1.9.1', reason: 'a slip' },
    { code: 'VERSION_LEAP', version: '0.20.0', reason: 'renumbered before 1.0' },
    { code: 'DATES_CONTRADICT', range: '<2', reason: 'git tags were set later' },
    { code: 'REVISION_SHARED', range: '*', reason: 'released again without a change' },
  ],
});
