/** Several packages in one git repository: the image is of one of them. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'registry.k8s.io/kustomize/kustomize',
  source: { git: '.' },
  scheme: 'semver',
  tagPattern: String.raw`^kustomize/v(?<version>\d+\.\d+\.\d+)$`,
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  rules: { sha: false, latest: { template: 'latest' } },
  accept: [{ code: 'REVISION_SHARED', version: '3.5.1', reason: 'released again without a change' }],
});
