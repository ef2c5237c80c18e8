FROM alpine:3.20
ARG VERSION
COPY --chmod=0755 gateway-${VERSION} /usr/local/bin/gateway
USER nobody
ENTRYPOINT ["gateway"]
