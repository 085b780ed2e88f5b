#!/bin/sh
# installer/pkg/build.sh OUTPUT: the package for macOS, on macOS, from the single-file program of this computer.
set -eu
cd "$(dirname "$0")/../.."
output=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
version=$(python3 -c 'from installer.sources import version; print(version())')
program=/usr/local/libexec/cernvm-webapi/cernvm-webapi.pyz

mkdir -p "$root$(dirname "$program")" "$root/usr/local/bin"
python3 -m installer.zipapp.build "$output"
cp "$output"/cernvm-webapi-"$version"-macos-*.pyz "$root$program"
ln -s "$program" "$root/usr/local/bin/cernvm-webapi"
python3 -m cvmwebapi install --system --all --root "$root" --launcher "$program"

pkgbuild --root "$root" --identifier ch.cern.cernvm.webapi --version "$version" --install-location / \
    "$output/cernvm-webapi-$version.pkg"
# To be signed and notarized by whoever publishes it: productsign --sign …, xcrun notarytool submit …
