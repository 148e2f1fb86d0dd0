#!/bin/bash
# How long `--version` takes: an engine asks for it at its start. Under 2.5 ms.
set -euo pipefail
binary=${1:-.build/release/swiftrun}
commands=("$binary --version")
for other in runc crun; do
    path=$(command -v $other) && commands+=("$path --version")
done
hyperfine --shell=none --warmup 20 --runs 200 "${commands[@]}"
