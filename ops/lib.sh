# ops/lib.sh
#    What the scripts of this folder share: folders, packages, the build, processes, waiting.
#
# Sourced by bash scripts; it runs nothing by itself.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
RUN=$(realpath -m "${TIPOFF_RUN_DIR:-$ROOT/.tipoff}")
CACHE=$(realpath -m "${TIPOFF_CACHE:-$RUN/cache}")
BUILD=$(realpath -m "${TIPOFF_BUILD:-$ROOT/build}")
export TIPOFF_RUN_DIR=$RUN TIPOFF_CACHE=$CACHE TIPOFF_BUILD=$BUILD

# Debian 12 packages, by what needs them.
BUILD_PACKAGES="gcc libc6-dev meson ninja-build pkg-config python3 librdkafka-dev libavro-dev libpq-dev
    libcurl4-openssl-dev libcmocka-dev libjansson-dev libmicrohttpd-dev libutf8proc-dev libcsv-dev uthash-dev
    libssl-dev libncurses-dev"
POSTGRES_PACKAGES="postgresql-15"
KAFKA_PACKAGES="default-jre-headless"
KAFKA_FETCH_PACKAGES="maven ca-certificates"

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "${0##*/}: $*"
    exit 1
}

# Makes the run folder and marks it as ours, so that wiping can never hit a folder that is not.
make_run_dir() {
    if [ -d "$RUN" ] && [ ! -e "$RUN/.tipoff-run-dir" ] && [ -n "$(ls -A "$RUN")" ]; then
        case " $(ls -A "$RUN" | tr '\n' ' ')" in
        " cache " | " tipoff.conf " | " cache tipoff.conf ") ;;
        *) [ "$RUN" = "$ROOT/.tipoff" ] || die "$RUN holds files that are not ours; choose an empty TIPOFF_RUN_DIR" ;;
        esac
    fi
    mkdir -p "$RUN"
    : >"$RUN/.tipoff-run-dir"
}

# Everything in the run folder but what can be used again: cache, configuration.
wipe_run_dir() {
    [ -e "$RUN/.tipoff-run-dir" ] || return 0
    find "$RUN" -mindepth 1 -maxdepth 1 ! -name cache ! -name xgboost ! -name tipoff.conf \
        ! -name .tipoff-run-dir \
        -exec rm -rf {} +
}

# c_sources FOLDER...: every .c and .h in them, relative to the root.
c_sources() {
    (cd "$ROOT" && find "$@" -name '*.[ch]' -type f | sort)
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need WHY PACKAGE...: installs what is missing, and says what and why. Uses no network when nothing is.
need() {
    local why=$1 package missing=() sudo=()
    shift
    command -v dpkg-query >/dev/null || return 0 # not a Debian: the tools themselves will say what they miss
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]} ($why)"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "missing packages, and neither root nor sudo: apt-get install ${missing[*]}"
        sudo=(sudo)
    fi
    quietly "$RUN/apt.log" "${sudo[@]}" apt-get update -q
    quietly "$RUN/apt.log" "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# quietly LOG COMMAND...: the output goes to the log, and to the terminal when the command fails.
quietly() {
    local log=$1
    shift
    mkdir -p "$(dirname "$log")"
    if ! "$@" >"$log" 2>&1; then
        tail -n 60 "$log" >&2
        die "failed: $* (all of it in $log)"
    fi
}

need_build() {
    # shellcheck disable=SC2086
    need "to build" $BUILD_PACKAGES
}

# Keeps Debian from creating and starting a cluster of its own while it installs the server.
need_postgres() {
    local dropin=/etc/postgresql-common/createcluster.d/tipoff-no-main.conf
    if ! is_installed postgresql-15 && [ "$(id -u)" = 0 ] && [ ! -x "$(postgres_bin)/initdb" ]; then
        mkdir -p "$(dirname "$dropin")"
        echo "create_main_cluster = false" >"$dropin"
        need "private database cluster" $POSTGRES_PACKAGES
        rm -f "$dropin"
    fi
    [ -x "$(postgres_bin)/initdb" ] || need "private database cluster" $POSTGRES_PACKAGES
}

postgres_bin() {
    local bin=${TIPOFF_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}
    [ -x "$bin/initdb" ] || ! command -v pg_config >/dev/null || bin=$(pg_config --bindir)
    printf '%s\n' "$bin"
}

# Configures if needed and builds everything; the binary is then $BUILD/tipoff. TIPOFF_MESON_ARGS are
# passed to meson.
build() {
    local args=()
    read -r -a args <<<"${TIPOFF_MESON_ARGS:-}"
    if [ ! -f "$BUILD/build.ninja" ]; then
        quietly "$RUN/build.log" meson setup "$BUILD" "$ROOT" "${args[@]}"
    elif [ ${#args[@]} -gt 0 ]; then
        quietly "$RUN/build.log" meson configure "$BUILD" "${args[@]}"
    fi
    say "building in $BUILD"
    quietly "$RUN/build.log" ninja -C "$BUILD"
}

# wait_for SECONDS COMMAND...: until the command succeeds; false when the time is up.
wait_for() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.1
    done
}

# The pid in a file, if that process runs and its command line holds the text; else nothing.
live_pid() {
    local file=$1 text=$2 pid
    [ -s "$file" ] || return 0
    pid=$(head -n 1 "$file")
    if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "$text"; then
        printf '%s\n' "$pid"
    fi
}

is_gone() {
    # a zombie has ended, whoever is to reap it
    ! kill -0 "$1" 2>/dev/null || grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

# stop_pid PID SECONDS: SIGTERM, and SIGKILL when the time is up.
stop_pid() {
    kill "$1" 2>/dev/null || return 0
    if ! wait_for "$2" is_gone "$1"; then
        say "process $1 did not stop within $2 s; killed"
        kill -9 "$1" 2>/dev/null || true
        wait_for 5 is_gone "$1" || true
    fi
}

port_is_free() {
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The first free port at or above the one given.
free_port() {
    local port=$1
    until port_is_free "$port"; do
        port=$((port + 1))
    done
    printf '%s\n' "$port"
}

# A short name that is this run folder's own.
run_hash() {
    printf '%s' "$RUN" | sha256sum | cut -c1-12
}

# Percent-encodes what a URI's query may not hold.
uri_encode() {
    local text=$1 out='' c i
    for ((i = 0; i < ${#text}; i++)); do
        c=${text:i:1}
        case $c in
        [a-zA-Z0-9/._~-]) out+=$c ;;
        *) out+=$(printf '%s' "$c" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g') ;;
        esac
    done
    printf '%s\n' "$out"
}
