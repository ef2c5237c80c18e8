# Plan, audit, apply and rollback; building needs Docker, which is not in here.
ARG NODE=24
FROM node:${NODE}-alpine
RUN apk add --no-cache ca-certificates git
ARG VERSION
RUN npm install --global --ignore-scripts "tagwright@${VERSION}" && npm cache clean --force
USER node
WORKDIR /work
ENTRYPOINT ["tagwright"]
