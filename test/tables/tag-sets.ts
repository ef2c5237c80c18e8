/**
 * Tags as real images have them, two of each look: which are pinned, and which move. From the plans of their schemes.
 */
export interface TagSet {
  readonly name: string;
  readonly pinned: readonly string[];
  readonly convenience: readonly string[];
}

const list = (text: string): readonly string[] => text.trim().split(/\s+/);

export const tagSets: readonly TagSet[] = [
  {
    name: 'airflow',
    pinned: list(`
      2.8.4-python3.8 2.8.4 slim-2.8.4-python3.8 slim-2.8.4 2.8.4-python3.9 slim-2.8.4-python3.9 2.9.0 slim-2.9.0
      2.9.1rc1-python3.8 slim-2.9.1rc1-python3.8 2.9.1rc1-python3.9 slim-2.9.1rc1-python3.9 2.9.1rc1 slim-2.9.1rc1
    `),
    convenience: list(`
      latest slim-latest latest-python3.8 slim-latest-python3.8 latest-python3.9 slim-latest-python3.9
    `),
  },
  {
    name: 'eclipse-temurin',
    pinned: list(`
      8.0.502.7-jdk-alpine-3.24 8.0.502.7-jdk-alpine 8.0.502.7-jdk-alpine-3.23 8.0.502.7-jdk 8.0.502.7-jdk-resolute
      8.0.502.7-jdk-noble 8.0.502.7-jdk-jammy 8.0.502.7-jdk-ubi10-minimal 8.0.502.7-jdk-ubi9-minimal
      8.0.502.7-jdk-windowsservercore-ltsc2025 8.0.502.7-jdk-windowsservercore
      8.0.502.7-jdk-windowsservercore-ltsc2022 8.0.502.7-jdk-nanoserver-ltsc2025 8.0.502.7-jdk-nanoserver
      8.0.502.7-jdk-nanoserver-ltsc2022 8.0.502.7-jre-alpine-3.24 8.0.502.7-jre-alpine 8.0.502.7-jre-alpine-3.23
      8.0.502.7-jre 8.0.502.7-jre-resolute 8.0.502.7-jre-noble 8.0.502.7-jre-jammy 8.0.502.7-jre-ubi10-minimal
      8.0.502.7-jre-ubi9-minimal 8.0.502.7-jre-windowsservercore-ltsc2025 8.0.502.7-jre-windowsservercore
      8.0.502.7-jre-windowsservercore-ltsc2022 8.0.502.7-jre-nanoserver-ltsc2025 8.0.502.7-jre-nanoserver
      8.0.502.7-jre-nanoserver-ltsc2022 11.0.32.9-jdk-alpine 11.0.32.9-jdk 11.0.32.9-jdk-resolute
      11.0.32.9-jdk-noble 11.0.32.9-jdk-jammy 11.0.32.9-jdk-windowsservercore 11.0.32.9-jdk-nanoserver
      11.0.32.9-jre-alpine 11.0.32.9-jre 11.0.32.9-jre-resolute 11.0.32.9-jre-noble 11.0.32.9-jre-jammy
      11.0.32.9-jre-windowsservercore 11.0.32.9-jre-nanoserver
    `),
    convenience: list(`
      8-jdk 8-jre 11-jdk 11-jre latest 8-jdk-alpine-3.24 8-jdk-alpine-3.23 8-jdk-resolute 8-jdk-noble 8-jdk-jammy
      8-jdk-ubi10-minimal 8-jdk-ubi9-minimal 8-jdk-windowsservercore-ltsc2025 8-jdk-windowsservercore-ltsc2022
      8-jdk-nanoserver-ltsc2025 8-jdk-nanoserver-ltsc2022 8-jre-alpine-3.24 8-jre-alpine-3.23 8-jre-resolute
      8-jre-noble 8-jre-jammy 8-jre-ubi10-minimal 8-jre-ubi9-minimal 8-jre-windowsservercore-ltsc2025
      8-jre-windowsservercore-ltsc2022 8-jre-nanoserver-ltsc2025 8-jre-nanoserver-ltsc2022 11-jdk-resolute
      11-jdk-noble 11-jdk-jammy 11-jre-resolute 11-jre-noble 11-jre-jammy 8-alpine-3.24 8-alpine-3.23 8-resolute
      8-noble 8-jammy 8-ubi10-minimal 8-ubi9-minimal 8-windowsservercore-ltsc2025 8-windowsservercore-ltsc2022
      8-nanoserver-ltsc2025 8-nanoserver-ltsc2022 11-resolute 11-noble 11-jammy 8 11 8-jdk-alpine 8-jre-alpine
      11-jdk-alpine 11-jre-alpine 8-alpine 11-alpine 8-jdk-windowsservercore 8-jre-windowsservercore
      11-jdk-windowsservercore 11-jre-windowsservercore 8-windowsservercore 11-windowsservercore 8-jdk-nanoserver
      8-jre-nanoserver 11-jdk-nanoserver 11-jre-nanoserver 8-nanoserver 11-nanoserver
    `),
  },
  {
    name: 'golang',
    pinned: list(`
      1.26.7 1.26.7-trixie 1.26.7-bookworm 1.26.7-alpine3.24 1.26.7-alpine 1.26.7-alpine3.23
      1.26.7-windowsservercore-ltsc2025 1.26.7-windowsservercore 1.26.7-windowsservercore-ltsc2022
      1.26.7-nanoserver-ltsc2025 1.26.7-nanoserver 1.26.7-nanoserver-ltsc2022 1.27.0 1.27.0-trixie 1.27.0-bookworm
      1.27.0-alpine 1.27.0-windowsservercore 1.27.0-nanoserver
    `),
    convenience: list(`
      1.26 1.27 1 latest 1.26-trixie 1.26-bookworm 1.26-alpine3.24 1.26-alpine3.23 1.26-windowsservercore-ltsc2025
      1.26-windowsservercore-ltsc2022 1.26-nanoserver-ltsc2025 1.26-nanoserver-ltsc2022 1.27-trixie 1.27-bookworm
      1-trixie 1-bookworm 1-alpine3.24 1-alpine3.23 1-windowsservercore-ltsc2025 1-windowsservercore-ltsc2022
      1-nanoserver-ltsc2025 1-nanoserver-ltsc2022 trixie bookworm alpine3.24 alpine3.23 windowsservercore-ltsc2025
      windowsservercore-ltsc2022 nanoserver-ltsc2025 nanoserver-ltsc2022 1.26-alpine 1.27-alpine 1-alpine alpine
      1.26-windowsservercore 1.27-windowsservercore 1-windowsservercore windowsservercore 1.26-nanoserver
      1.27-nanoserver 1-nanoserver nanoserver
    `),
  },
  {
    name: 'home-assistant',
    pinned: list(`
      2024.8.0b1 2024.8.0 2024.8.1 2024.9.0b0 2024.10.0.dev20240901
    `),
    convenience: list(`
      2024.8 latest stable
    `),
  },
  {
    name: 'mariadb',
    pinned: list(`
      10.6.28 10.6.28-jammy 10.6.28-ubi9 10.6.28-ubi 10.11.18 10.11.18-jammy 10.11.18-ubi9 10.11.18-ubi
      11.4.12-noble 11.8.8-noble 13.0.1rc1 13.0.1rc1-resolute 13.0.1rc1-ubi10 13.0.1rc1-ubi
    `),
    convenience: list(`
      10.6 10.11 10 11 latest noble lts-noble lts-ubi10 lts lts-ubi 10.6-jammy 10.6-ubi9 10.11-jammy 10.11-ubi9
      11.4-noble 11.8-noble 10-jammy 10-ubi9 11-noble 11-ubi9 12-noble 10.6-ubi 10.11-ubi 10-ubi 11-ubi
    `),
  },
  {
    name: 'mysql',
    pinned: list(`
      8.4.11 8.4.11-oraclelinux9 8.4.11-oracle 9.7.2 9.7.2-oraclelinux9 9.7.2-oracle
    `),
    convenience: list(`
      8.4 9.7 8 9 latest 8.4-oraclelinux9 9.7-oraclelinux9 8-oraclelinux9 9-oraclelinux9 oraclelinux9 8.4-oracle
      9.7-oracle 8-oracle 9-oracle oracle lts innovation lts-oraclelinux9 innovation-oraclelinux9 lts-oracle
      innovation-oracle
    `),
  },
  {
    name: 'nextcloud',
    pinned: list(`
      32.0.14-apache 32.0.14 32.0.14-fpm 32.0.14-fpm-alpine 33.0.8-apache 33.0.8 33.0.8-fpm 33.0.8-fpm-alpine
    `),
    convenience: list(`
      32.0-apache 32.0-fpm 32.0-fpm-alpine 33.0-apache 33.0-fpm 33.0-fpm-alpine 32-apache 32-fpm 32-fpm-alpine
      33-apache 33-fpm 33-fpm-alpine apache fpm fpm-alpine stable-apache stable-fpm stable-fpm-alpine
      production-apache production-fpm production-fpm-alpine 32.0 33.0 32 33 latest stable production
    `),
  },
  {
    name: 'node',
    pinned: list(`
      22.23.2-trixie 22.23.2 22.23.2-bookworm 22.23.2-bullseye 22.23.2-alpine3.24 22.23.2-alpine 22.23.2-alpine3.23
      22.23.2-trixie-slim 22.23.2-slim 22.23.2-bookworm-slim 22.23.2-bullseye-slim 24.19.0-trixie 24.19.0
      24.19.0-bookworm 24.19.0-bullseye 24.19.0-alpine 24.19.0-trixie-slim 24.19.0-slim 24.19.0-bookworm-slim
      24.19.0-bullseye-slim
    `),
    convenience: list(`
      22.23 22.23-slim 24.19 24.19-slim 22 22-slim 24 24-slim latest 22.23-trixie 22.23-bookworm 22.23-bullseye
      22.23-alpine3.24 22.23-alpine3.23 22.23-trixie-slim 22.23-bookworm-slim 22.23-bullseye-slim 24.19-trixie
      24.19-bookworm 24.19-bullseye 24.19-trixie-slim 24.19-bookworm-slim 24.19-bullseye-slim 22.23-alpine
      24.19-alpine 22-trixie 22-bookworm 22-bullseye 22-alpine3.24 22-alpine3.23 22-trixie-slim 22-bookworm-slim
      22-bullseye-slim 24-trixie 24-bookworm 24-bullseye 24-trixie-slim 24-bookworm-slim 24-bullseye-slim 22-alpine
      24-alpine current current-slim current-trixie current-bookworm current-bullseye current-alpine3.24
      current-alpine3.23 current-trixie-slim current-bookworm-slim current-bullseye-slim current-alpine lts lts-slim
      lts-trixie lts-bookworm lts-bullseye lts-alpine3.24 lts-alpine3.23 lts-trixie-slim lts-bookworm-slim
      lts-bullseye-slim lts-alpine krypton krypton-slim krypton-trixie krypton-bookworm krypton-bullseye
      krypton-alpine3.24 krypton-alpine3.23 krypton-trixie-slim krypton-bookworm-slim krypton-bullseye-slim
      krypton-alpine jod jod-slim jod-trixie jod-bookworm jod-bullseye jod-alpine3.24 jod-alpine3.23 jod-trixie-slim
      jod-bookworm-slim jod-bullseye-slim jod-alpine slim trixie bookworm bullseye alpine3.24 alpine3.23 trixie-slim
      bookworm-slim bullseye-slim alpine lts-krypton
    `),
  },
  {
    name: 'php',
    pinned: list(`
      8.2.33-cli-trixie 8.2.33-trixie 8.2.33-cli 8.2.33 8.2.33-cli-bookworm 8.2.33-bookworm 8.2.33-cli-alpine3.24
      8.2.33-alpine3.24 8.2.33-cli-alpine 8.2.33-alpine 8.2.33-cli-alpine3.23 8.2.33-alpine3.23 8.2.33-apache-trixie
      8.2.33-apache 8.2.33-apache-bookworm 8.2.33-fpm-trixie 8.2.33-fpm 8.2.33-fpm-bookworm 8.2.33-fpm-alpine3.24
      8.2.33-fpm-alpine 8.2.33-fpm-alpine3.23 8.2.33-zts-trixie 8.2.33-zts 8.2.33-zts-bookworm 8.2.33-zts-alpine3.24
      8.2.33-zts-alpine 8.2.33-zts-alpine3.23 8.3.33-cli-trixie 8.3.33-trixie 8.3.33-cli 8.3.33 8.3.33-cli-bookworm
      8.3.33-bookworm 8.3.33-cli-alpine 8.3.33-alpine 8.3.33-apache-trixie 8.3.33-apache 8.3.33-apache-bookworm
      8.3.33-fpm-trixie 8.3.33-fpm 8.3.33-fpm-bookworm 8.3.33-fpm-alpine 8.3.33-zts-trixie 8.3.33-zts
      8.3.33-zts-bookworm 8.3.33-zts-alpine 8.4.25RC1-cli-trixie 8.4.25RC1-trixie 8.4.25RC1-cli 8.4.25RC1
      8.4.25RC1-cli-bookworm 8.4.25RC1-bookworm 8.4.25RC1-cli-alpine3.24 8.4.25RC1-alpine3.24 8.4.25RC1-cli-alpine
      8.4.25RC1-alpine 8.4.25RC1-cli-alpine3.23 8.4.25RC1-alpine3.23 8.4.25RC1-apache-trixie 8.4.25RC1-apache
      8.4.25RC1-apache-bookworm 8.4.25RC1-fpm-trixie 8.4.25RC1-fpm 8.4.25RC1-fpm-bookworm 8.4.25RC1-fpm-alpine3.24
      8.4.25RC1-fpm-alpine 8.4.25RC1-fpm-alpine3.23 8.4.25RC1-zts-trixie 8.4.25RC1-zts 8.4.25RC1-zts-bookworm
      8.4.25RC1-zts-alpine3.24 8.4.25RC1-zts-alpine 8.4.25RC1-zts-alpine3.23 8.5.10RC1-cli-trixie 8.5.10RC1-trixie
      8.5.10RC1-cli 8.5.10RC1 8.5.10RC1-cli-bookworm 8.5.10RC1-bookworm 8.5.10RC1-cli-alpine 8.5.10RC1-alpine
      8.5.10RC1-apache-trixie 8.5.10RC1-apache 8.5.10RC1-apache-bookworm 8.5.10RC1-fpm-trixie 8.5.10RC1-fpm
      8.5.10RC1-fpm-bookworm 8.5.10RC1-fpm-alpine 8.5.10RC1-zts-trixie 8.5.10RC1-zts 8.5.10RC1-zts-bookworm
      8.5.10RC1-zts-alpine 8.6.0beta1-cli-trixie 8.6.0beta1-trixie 8.6.0beta1-cli 8.6.0beta1 8.6.0beta1-cli-bookworm
      8.6.0beta1-bookworm 8.6.0beta1-cli-alpine3.24 8.6.0beta1-alpine3.24 8.6.0beta1-cli-alpine 8.6.0beta1-alpine
      8.6.0beta1-cli-alpine3.23 8.6.0beta1-alpine3.23 8.6.0beta1-apache-trixie 8.6.0beta1-apache
      8.6.0beta1-apache-bookworm 8.6.0beta1-fpm-trixie 8.6.0beta1-fpm 8.6.0beta1-fpm-bookworm
      8.6.0beta1-fpm-alpine3.24 8.6.0beta1-fpm-alpine 8.6.0beta1-fpm-alpine3.23 8.6.0beta1-zts-trixie 8.6.0beta1-zts
      8.6.0beta1-zts-bookworm 8.6.0beta1-zts-alpine3.24 8.6.0beta1-zts-alpine 8.6.0beta1-zts-alpine3.23
    `),
    convenience: list(`
      8.2-cli-trixie 8.2-cli-bookworm 8.2-cli-alpine3.24 8.2-cli-alpine3.23 8.2-apache-trixie 8.2-apache-bookworm
      8.2-fpm-trixie 8.2-fpm-bookworm 8.2-fpm-alpine3.24 8.2-fpm-alpine3.23 8.2-zts-trixie 8.2-zts-bookworm
      8.2-zts-alpine3.24 8.2-zts-alpine3.23 8.3-cli-trixie 8.3-cli-bookworm 8.3-apache-trixie 8.3-apache-bookworm
      8.3-fpm-trixie 8.3-fpm-bookworm 8.3-zts-trixie 8.3-zts-bookworm 8-cli-trixie 8-cli-bookworm 8-cli-alpine3.24
      8-cli-alpine3.23 8-apache-trixie 8-apache-bookworm 8-fpm-trixie 8-fpm-bookworm 8-fpm-alpine3.24
      8-fpm-alpine3.23 8-zts-trixie 8-zts-bookworm 8-zts-alpine3.24 8-zts-alpine3.23 cli-trixie cli-bookworm
      cli-alpine3.24 cli-alpine3.23 apache-trixie apache-bookworm fpm-trixie fpm-bookworm fpm-alpine3.24
      fpm-alpine3.23 zts-trixie zts-bookworm zts-alpine3.24 zts-alpine3.23 8.2-trixie 8.2-bookworm 8.2-alpine3.24
      8.2-alpine3.23 8.3-trixie 8.3-bookworm 8-trixie 8-bookworm 8-alpine3.24 8-alpine3.23 trixie bookworm
      alpine3.24 alpine3.23 8.2-cli 8.2-apache 8.2-fpm 8.2-zts 8.3-cli 8.3-apache 8.3-fpm 8.3-zts 8-cli 8-apache
      8-fpm 8-zts cli apache fpm zts 8.2 8.3 8 latest 8.2-cli-alpine 8.2-fpm-alpine 8.2-zts-alpine 8.3-cli-alpine
      8.3-fpm-alpine 8.3-zts-alpine 8-cli-alpine 8-fpm-alpine 8-zts-alpine cli-alpine fpm-alpine zts-alpine
      8.2-alpine 8.3-alpine 8-alpine alpine
    `),
  },
  {
    name: 'postgres',
    pinned: list(`
      14.24 14.24-trixie 14.24-bookworm 14.24-alpine3.24 14.24-alpine 14.24-alpine3.23 15.19 15.19-trixie
      15.19-bookworm 15.19-alpine 19beta3 19beta3-trixie 19beta3-bookworm 19beta3-alpine3.24 19beta3-alpine
      19beta3-alpine3.23
    `),
    convenience: list(`
      14 15 latest 14-trixie 14-bookworm 14-alpine3.24 14-alpine3.23 15-trixie 15-bookworm trixie bookworm
      alpine3.24 alpine3.23 14-alpine 15-alpine alpine
    `),
  },
  {
    name: 'python',
    pinned: list(`
      3.10.21 3.10.21-trixie 3.10.21-bookworm 3.10.21-slim-trixie 3.10.21-slim 3.10.21-slim-bookworm
      3.10.21-alpine3.24 3.10.21-alpine 3.10.21-alpine3.23 3.11.16 3.11.16-trixie 3.11.16-bookworm
      3.11.16-slim-trixie 3.11.16-slim 3.11.16-slim-bookworm 3.11.16-alpine 3.13.15-windowsservercore-ltsc2025
      3.13.15-windowsservercore 3.13.15-windowsservercore-ltsc2022 3.14.7-windowsservercore 3.15.0rc1
      3.15.0rc1-trixie 3.15.0rc1-bookworm 3.15.0rc1-slim-trixie 3.15.0rc1-slim 3.15.0rc1-slim-bookworm
      3.15.0rc1-alpine3.24 3.15.0rc1-alpine 3.15.0rc1-alpine3.23 3.15.0rc1-windowsservercore-ltsc2025
      3.15.0rc1-windowsservercore 3.15.0rc1-windowsservercore-ltsc2022
    `),
    convenience: list(`
      3.10 3.11 3 latest 3.10-trixie 3.10-bookworm 3.10-slim-trixie 3.10-slim-bookworm 3.10-alpine3.24
      3.10-alpine3.23 3.11-trixie 3.11-bookworm 3.11-slim-trixie 3.11-slim-bookworm 3.13-windowsservercore-ltsc2025
      3.13-windowsservercore-ltsc2022 3-trixie 3-bookworm 3-slim-trixie 3-slim-bookworm 3-alpine3.24 3-alpine3.23
      3-windowsservercore-ltsc2025 3-windowsservercore-ltsc2022 trixie bookworm slim-trixie slim-bookworm alpine3.24
      alpine3.23 windowsservercore-ltsc2025 windowsservercore-ltsc2022 3.10-slim 3.11-slim 3-slim slim 3.10-alpine
      3.11-alpine 3-alpine alpine 3.13-windowsservercore 3.14-windowsservercore 3-windowsservercore
      windowsservercore
    `),
  },
  {
    name: 'redis',
    pinned: list(`
      6.2.24 6.2.24-bookworm 6.2.24-alpine3.21 6.2.24-alpine 7.2.16 7.2.16-bookworm 7.2.16-alpine3.21 7.2.16-alpine
      8.4.6-trixie 8.6.6-trixie
    `),
    convenience: list(`
      6.2 7.2 6 7 latest 6.2-bookworm 6.2-alpine3.21 7.2-bookworm 7.2-alpine3.21 8.4-trixie 8.6-trixie 6-bookworm
      6-alpine3.21 7-bookworm 7-alpine3.21 8-trixie 6.2-alpine 7.2-alpine 6-alpine 7-alpine alpine trixie alpine3.23
    `),
  },
  {
    name: 'ubuntu',
    pinned: list(`
      jammy-20260810 noble-20260810 resolute-20260811 stonking-20260705
    `),
    convenience: list(`
      latest 22.04 24.04 jammy noble resolute stonking rolling devel
    `),
  },
];
