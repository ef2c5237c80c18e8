FROM debian:bookworm-slim
ARG VERSION
COPY --chmod=0755 gateway-${VERSION} /usr/local/bin/gateway
USER nobody
ENTRYPOINT ["gateway"]
