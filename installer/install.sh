#!/bin/sh
# Installs CernVM WebAPI for you alone, on Linux or macOS:   curl -fsSL @URL@/install.sh | sh
# What is downloaded is checked against the checksums below before anything of it is run.
set -eu
umask 077

version='@VERSION@'
url='@URL@'
# Lines of: SHA-256, two spaces, file.
checksums='@CHECKSUMS@'

fail() {
    printf 'CernVM WebAPI was not installed: %s\n' "$1" >&2
    exit 1
}

# Everything is in functions that the last line calls: of a script that arrives cut short nothing is run.
main() {
    [ "$(id -u)" != 0 ] || [ -n "${CERNVM_WEBAPI_AS_ROOT:-}" ] ||
        fail 'this is for one user, without sudo. For all users take a package, or set CERNVM_WEBAPI_AS_ROOT=1.'
    [ -n "${HOME:-}" ] && [ -d "$HOME" ] || fail 'HOME names no folder.'
    case $url in
        https://* | http://127.0.0.1:* | http://localhost:*) ;;
        *) fail "$url is not secure." ;;
    esac

    file=$(wanted) || fail "there is no version for this computer ($(uname -s) $(uname -m)$(pythons)).
Python 3.10 or later is needed; “pipx install cernvm-webapi” works with any."
    expected=$(printf '%s\n' "$checksums" | grep "  $file\$" | cut -d' ' -f1)

    folder=${XDG_DATA_HOME:-$HOME/.local/share}/cernvm-webapi-program
    mkdir -p "$folder" "$HOME/.local/bin" || fail "the folder $folder can't be created."
    new=$(mktemp "$folder/.new.XXXXXX") || fail "the folder $folder can't be written to."
    trap 'rm -f "$new"; rmdir "$folder" 2>/dev/null || :' EXIT INT TERM

    echo "Downloading $file"
    download "$url/$file" "$new" || fail "$url/$file could not be downloaded. Check your internet connection."
    [ "$(checksum "$new")" = "$expected" ] ||
        fail "$file did not arrive as its publisher made it (its checksum is wrong). Nothing of it was run."

    chmod 700 "$new"
    # In one step: a browser may be starting the old one right now.
    mv -f "$new" "$folder/cernvm-webapi.pyz"
    ln -sfn "$folder/cernvm-webapi.pyz" "$HOME/.local/bin/cernvm-webapi"
    "$folder/cernvm-webapi.pyz" install || fail 'it could not be registered with the browsers, see above. Remove the cause, then run: cernvm-webapi install'
    echo "CernVM WebAPI $version is installed. Its command is $HOME/.local/bin/cernvm-webapi; “cernvm-webapi uninstall” removes it."
}

# The first file that fits system, processor and a Python that is here.
wanted() {
    system=$(uname -s | sed 's/Darwin/macos/; s/Linux/linux/')
    for python in 3.14 3.13 3.12 3.11 3.10; do
        name="cernvm-webapi-$version-$system-$(uname -m)-py$python.pyz"
        if printf '%s\n' "$checksums" | grep -q "  $name\$" && command -v "python$python" >/dev/null 2>&1; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

pythons() {
    for python in python3.14 python3.13 python3.12 python3.11 python3.10; do
        command -v "$python" >/dev/null 2>&1 && printf ', %s' "$python"
    done
    return 0
}

download() {
    if command -v curl >/dev/null 2>&1; then
        curl -fsSL --retry 2 -o "$2" "$1"
    elif command -v wget >/dev/null 2>&1; then
        wget -q -O "$2" "$1"
    else
        fail 'neither curl nor wget is here.'
    fi
}

checksum() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

main
