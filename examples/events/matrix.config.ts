/** A server whose releases are in one repository and whose other builds are in another: `flow` and `flow-dev`. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/acme/flow',
  source: { file: 'releases.json' },
  dockerfile: 'Dockerfile',
  pythons: ['3.12', '3.13'],
  platforms: ['linux/amd64', 'linux/arm64'],
  defaults: { python: 'highest' },
  events: {
    repository: 'docker.io/acme/flow-dev',
    branch: '{{branch}}-python{{python}}',
    edge: { branch: 'main', only: { python: 'default' } },
    schedule: 'nightly-{{year}}{{month}}{{day}}-python{{python}}',
    pullRequest: { template: 'pr-{{number}}-python{{python}}', push: false },
  },
});
