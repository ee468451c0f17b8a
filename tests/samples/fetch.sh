#!/bin/sh
# Fetches GitHub's sample payloads: the npm package @octokit/webhooks-examples (MIT), which is data alone.
#
#   tests/samples/fetch.sh [DIRECTORY]      default: target/octokit-samples
#
# Prints the folder that holds one folder a GitHub edition, each with an index.json. Does nothing when it is there already.
# The samples are not in the repository: they are another project's, and larger than this one.
set -eu

version=7.6.1
cache=${1:-target/octokit-samples}
samples=$cache/$version

if [ ! -f "$samples/api.github.com/index.json" ]; then
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    npm pack --silent --pack-destination "$work" "@octokit/webhooks-examples@$version" >&2
    tar -xzf "$work"/*.tgz -C "$work"
    # Moved into place whole, so that a fetch that was cut off leaves nothing that looks finished.
    rm -rf "$samples"
    mv "$work/package" "$samples"
fi

echo "$samples"
