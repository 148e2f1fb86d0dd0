#!/bin/bash
# What every command pays for reading its arguments: a signal that does not exist is found right after them.
set -euo pipefail
binary=${1:-.build/release/swiftrun}
hyperfine --shell=none --ignore-failure --warmup 20 --runs 200 "$binary kill none NOSUCH"
