#!/bin/sh
# The checked-in front-end files as npm has them: fetched, copied to their places and compared with SHA256SUMS.
set -eu
cd "$(dirname "$0")/../.."
npm ci --ignore-scripts --no-audit --no-fund
vendor=foodbank/static/vendor
cp node_modules/@digital-go-jp/design-tokens/dist/tokens.css node_modules/@digital-go-jp/design-tokens/LICENSE "$vendor/design-tokens/"
cp node_modules/zxing-wasm/dist/iife/reader/index.js "$vendor/zxing-wasm/zxing_reader.js"
cp node_modules/zxing-wasm/dist/reader/zxing_reader.wasm node_modules/zxing-wasm/LICENSE "$vendor/zxing-wasm/"
cd foodbank/static
sha256sum --check --quiet SHA256SUMS
