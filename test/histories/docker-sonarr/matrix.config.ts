/** Four numbers and the number of the image: `4.0.19.2979-ls316`. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/linuxserver/sonarr',
  source: { git: '.' },
  tagPattern: String.raw`^(?<base>\d+(?:\.\d+){3})-ls(?<ls>\d+)$`,
  version: '{{base}}-ls{{ls}}',
  scheme: { base: 'pep440', ls: 'number' },
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  rules: {
    sha: false,
    latest: { template: 'latest' },
    upstream: { kind: 'convenience', template: 'version-{{base}}' },
  },
});
