/** Home Assistant: one image a release, and channels for finals, betas and nightly builds. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'ghcr.io/home-assistant/home-assistant',
  source: { file: 'releases.json' },
  dockerfile: 'Dockerfile',
  rules: {
    sha: false,
    major: false,
    latest: { template: 'latest' },
    stable: { kind: 'convenience', template: 'stable' },
    beta: { kind: 'convenience', template: 'beta', releases: 'pre' },
    rc: { kind: 'convenience', template: 'rc', releases: 'pre' },
    dev: { kind: 'convenience', template: 'dev', releases: 'all' },
  },
});
