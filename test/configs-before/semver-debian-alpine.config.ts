/**
 * A service with semantic versions and git tags that begin with a v, on Debian and on Alpine.
 *
 * No Pythons, so no `-python…` in any tag. There is one `latest` for all majors, and a tag for each month.
 */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'ghcr.io/acme/gateway',
  source: { file: 'releases.json' },
  scheme: 'semver',
  tagPattern: String.raw`^v(?<version>\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?)$`,

  flavors: {
    debian: { dockerfile: 'debian.Dockerfile', base: 'debian:bookworm-slim' },
    alpine: { dockerfile: 'alpine.Dockerfile', base: 'alpine:3.20', suffix: '-alpine', since: '1.2.0' },
  },
  platforms: ['linux/amd64', { platform: 'linux/arm64', since: '1.1.0' }],

  rules: {
    sha: { length: 12 },
    latest: { template: 'latest{{suffix}}' },
    month: { kind: 'convenience', template: '{{year}}-{{month}}{{suffix}}', since: '2.0.0' },
  },

  yanked: [{ version: '2.1.1', reason: 'loses connections under load', since: '2024-07-03T09:00:00Z' }],
});
