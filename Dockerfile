# A release builds from the digest in scripts/release/base.dockerfile, which this file lacks so that any builder finds its own copy of the tag.
FROM node:24.21.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The one package with an install script is `node`, the development Node, which the image has already.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY LICENSE tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.mjs && chown node .
# What V8 compiles for a start, which takes a third off it.
USER node
RUN node scripts/warm.mjs

FROM node:24.21.0-slim
WORKDIR /app
ENV NODE_ENV=production FAKE_DEVIN_HOST=0.0.0.0
COPY LICENSE package.json ./
COPY --from=build /app/dist dist
COPY --from=build --chown=node:node /app/.cache .cache
# For a file of --store. A new volume that is mounted there belongs to the same user.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 8080 8443
# Reads the same environment as the server, so set another port by FAKE_DEVIN_PORT, not by --port.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "dist/cli.cjs", "health"]
# Not npm and no shell in between: the server itself is process 1 and gets SIGTERM, which it handles.
ENTRYPOINT ["node", "dist/cli.cjs"]
