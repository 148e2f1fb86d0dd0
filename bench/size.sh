#!/bin/bash
# The size of the executable, stripped: under 16 MB.
set -euo pipefail
binary=${1:-.build/release/swiftrun}
size=$(stat --dereference --format=%s "$binary")
echo "$size bytes"
(( size < 16000000 ))
