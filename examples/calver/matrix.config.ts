/** A service with calendar versions, `2025.02.1`, and channels for betas and nightly builds. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'registry.example.com/acme/home',
  source: { file: 'releases.json' },
  tagPattern: String.raw`^(?<version>\d{4}\.\d\d\.\d+(?:b\d+|\.dev\d+)?)$`,
  dockerfile: 'Dockerfile',
  rules: {
    sha: false,
    minor: { template: '{{major}}.{{minor}}' },
    major: { template: '{{major}}' },
    stable: { kind: 'convenience', template: 'stable' },
    beta: { kind: 'convenience', template: 'beta', releases: 'pre', fallback: 'finals' },
    dev: { kind: 'convenience', template: 'dev', releases: 'all' },
  },
});
