# Plan, audit, apply and rollback; building needs Docker, which is not in here.
ARG NODE=24
FROM node:${NODE}-bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/*
ARG VERSION
RUN npm install --global --ignore-scripts "tagwright@${VERSION}" && npm cache clean --force
USER node
WORKDIR /work
ENTRYPOINT ["tagwright"]
