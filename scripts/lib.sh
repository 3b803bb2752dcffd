# Shared by the scripts beside this file; sourced, never run.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# The distribution's own tools: nothing that a machine's owner put in front of them.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
unset PYTHONPATH PYTHONHOME

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# Configures (once) and builds one CMake build directory. usage: build_tree DIR [cmake option...] -- [target...]
build_tree() {
    local dir="$1" options=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    [ $# -eq 0 ] || shift
    if [ ! -e "$dir/build.ninja" ]; then
        say "build: configuring ${dir#"$ROOT"/}"
        cmake -S "$ROOT" -B "$dir" -G Ninja "${options[@]}" >"$dir.configure.log" 2>&1 ||
            { cat "$dir.configure.log" >&2; die "cmake failed"; }
    fi
    say "build: ${dir#"$ROOT"/} ${*:-all}"
    cmake --build "$dir" -- --quiet "$@" >&2
}

build_release() { build_tree "$ROOT/build" -DCMAKE_BUILD_TYPE=Release; }
