#!/bin/bash
# From nothing to `true` in a container and back: `run` of a bundle with a busybox root filesystem. As root.
set -euo pipefail
binary=$(realpath "${1:-.build/release/swiftrun}")
(( EUID == 0 )) || { echo "skipped: needs root"; exit 0; }

bundle=$(mktemp --directory)
trap 'rm -rf "$bundle"' EXIT
mkdir -p "$bundle/rootfs/bin"
cp "$(command -v busybox)" "$bundle/rootfs/bin/busybox"
ln -s busybox "$bundle/rootfs/bin/true"
cd "$bundle"

names=("$binary")
for other in runc crun; do
    path=$(command -v $other) && names+=("$path")
done
commands=()
for runtime in "${names[@]}"; do
    # Each with the config.json it writes itself, without a terminal.
    rm -f config.json
    "$runtime" spec
    name=$(basename "$runtime")
    sed 's/"terminal": true/"terminal": false/; s/^\(\s*\)"sh"$/\1"true"/; s|"path": "rootfs"|"path": "'"$bundle"'/rootfs"|' config.json > "$name.json"
    commands+=("$runtime --root $bundle/$name-state run --bundle $bundle/$name-bundle bench")
    mkdir "$name-bundle"
    mv "$name.json" "$name-bundle/config.json"
done
hyperfine --shell=none --warmup 5 --runs 50 "${commands[@]}"
