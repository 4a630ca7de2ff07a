# The worker's image: no build step, since Node runs the TypeScript sources as they are.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Without the optional packages: they bring a Node for machines that have an older one.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY schemas ./schemas
COPY config ./config
COPY src ./src
USER node
EXPOSE 9464
ENTRYPOINT ["node", "src/main.ts"]
CMD ["worker"]
