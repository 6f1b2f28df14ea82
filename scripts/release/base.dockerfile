# The base image of a release, by the digest of its multi-platform index. Nothing is built from this file: `npm run release:dry` puts the
# digest into the image's Dockerfile, which names the same tag without one. Dependabot updates both; docs/releasing.md says how by hand.
FROM node:24.21.0-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
