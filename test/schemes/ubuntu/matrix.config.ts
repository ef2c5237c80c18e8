/** Ubuntu: a line has its number and its name, and images of it are dated. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/ubuntu',
  source: { file: 'releases.json' },
  tagPattern: String.raw`^(?<version>(?<series>\d\d\.\d\d)\.(?<serial>\d{8}(?:\.\d+)?))$`,
  scheme: 'calver',
  dockerfile: '{{codename}}/Dockerfile',
  attributes: [
    { range: '==22.04.*', codename: 'jammy', lts: true },
    { range: '==24.04.*', codename: 'noble', lts: true },
    { range: '==26.04.*', codename: 'resolute', lts: true },
    { range: '==26.10.*', codename: 'stonking' },
  ],
  rules: {
    sha: false,
    minor: false,
    major: false,
    full: { template: '{{codename}}-{{serial}}' },
    series: { kind: 'convenience', template: '{{series}}' },
    codename: { kind: 'convenience', template: '{{codename}}' },
    latest: { template: 'latest', where: { lts: true } },
    rolling: { kind: 'convenience', template: 'rolling', range: '<26.10', reason: '26.10 is not out yet' },
    devel: { kind: 'convenience', template: 'devel' },
  },
});
