/** Several packages in one git repository, named as npm names them. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'ghcr.io/changesets/cli',
  source: { git: '.' },
  scheme: 'semver',
  tagPattern: '^@changesets/cli@(?<version>.+)$',
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  rules: { sha: false, latest: { template: 'latest' } },
  accept: [{ code: 'REVISION_SHARED', version: '2.1.2', reason: 'released again without a change' }],
});
