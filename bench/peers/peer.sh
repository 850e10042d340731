# What the scripts `start` beside this file share. A script sources it, says what its server needs, and ends with:
#
#   peer "$@"
#
# and then is called as
#
#   start check            nothing if all is there; else says how to install it, and fails
#   start version          one line
#   start run PORT FOLDER  becomes the server on 127.0.0.1:PORT; FOLDER is its own, empty and to be removed later
#
# `check` and `version` may build or download, with the usual clients (npm, mvn), into bench/target/peers.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
name=$(basename -- "$here")
bench=${here%/bench/*}/bench
built=$bench/target/peers/$name

# A server that keeps the default limit of files serves no ten thousand.
ulimit -n "$(ulimit -Hn)"

# needs COMMAND WHERE-FROM: a command that must be there.
needs() {
  command -v "$1" >/dev/null 2>&1 && return
  echo "$name: \`$1\` is missing. $2" >&2
  exit 1
}

# fill FILE: the file with @PORT@ and @FOLDER@ replaced.
fill() {
  sed -e "s|@PORT@|$port|g" -e "s|@FOLDER@|$folder|g" "$here/$1"
}

# True if something in this folder is newer than what was built of it.
stale() {
  [ -f "$built/.built" ] || return 0
  [ -n "$(find "$here" -type f -newer "$built/.built" -print | head -n 1)" ]
}

# build COMMAND...: runs it in a copy of this folder, once, and again when something here has changed. A copy, so
# that what npm and Maven leave behind stays out of the checkout.
build() {
  if stale; then
    echo "$name: building…" >&2
    rm -rf "$built"
    mkdir -p "$built"
    cp -R "$here/." "$built/"
    (cd "$built" && "$@") >"$built/build.log" 2>&1 || {
      tail -n 20 "$built/build.log" >&2
      echo "$name: \`$*\` failed; the whole output is in $built/build.log." >&2
      exit 1
    }
    : >"$built/.built"
  fi
}

node_peer() {
  needs node 'Install Node.js 18 or newer, for example: apt install nodejs'
  needs npm 'Install it, for example: apt install npm'
  build npm install --no-package-lock --no-audit --no-fund
}

java_peer() {
  needs mvn 'Install it, for example: apt install maven'
  JAVA_HOME=$("$bench/../.ci/find-jdk") || exit 1
  export JAVA_HOME
  build mvn -B -q package
}

peer() {
  case ${1:-} in
    check) check ;;
    version)
      check
      version
      ;;
    run)
      port=$2 folder=$3
      check
      cd "$folder"
      run
      ;;
    *)
      echo "usage: $0 check | version | run PORT FOLDER" >&2
      exit 2
      ;;
  esac
}
