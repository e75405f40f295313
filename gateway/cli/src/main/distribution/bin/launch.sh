# Functions that the launchers share: find Java and set its options. Source this file; do not run it.
#   ENTENTE_JAVA_OPTS   further options for the JVM
# The caller sets home, the folder of the release.

# A release that brings its own Java uses it.
# shellcheck disable=SC2154
if [ -x "$home/runtime/bin/java" ]; then
  java=$home/runtime/bin/java
else
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
fi

fail() {
  echo "${0##*/}: $*" >&2
  exit 2
}

require_java() {
  [ -z "${JAVA_HOME:-}" ] || [ -x "$java" ] || fail "JAVA_HOME is $JAVA_HOME, which has no bin/java"
  command -v "$java" >/dev/null || fail "Java was not found; install a JDK 17 or newer, or set JAVA_HOME"
  major=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
  [ "${major%%.*}" -ge 17 ] || fail "Java $major is too old; install a JDK 17 or newer"
}

# Memory holds keys and opened messages: no process of the same user attaches to this one, and a crash leaves no copy
# of it on the disk.
protected=(-XX:+DisableAttachMechanism -XX:-CreateCoredumpOnCrash)

protect_memory() {
  ulimit -c 0
}

# require_natives CLASS_PATH: the TLS library for this machine is on it.
require_natives() {
  local machine folders folder
  machine=$(uname -sm)
  IFS=: read -ra folders <<<"$1"
  for folder in "${folders[@]}"; do
    case $machine in
      "Linux x86_64") compgen -G "${folder%/\*}/netty-tcnative-*-linux-x86_64.jar" >/dev/null && return ;;
      "Linux aarch64") compgen -G "${folder%/\*}/netty-tcnative-*-linux-aarch_64.jar" >/dev/null && return ;;
    esac
  done
  fail "this release has no TLS library (netty-tcnative) for $machine; take the archive for it, on Linux x86_64 or aarch64"
}

# run_entente HOME CLASS_PATH CLASS_DATA [ARGUMENT...]: the gateway and its commands.
run_entente() {
  local home=$1 class_path=$2 archive=$3
  shift 3
  require_natives "$class_path"
  # A gateway has the heap that load-tests/run measures (federation/Machine explains it); a command starts small.
  local heap=(-XX:+UseSerialGC -Xms32m -Xmx512m)
  if [ "${1:-}" = run ]; then
    heap=(-XX:+UseParallelGC -Xms256m -Xmx512m -XX:NewSize=32m -XX:MaxNewSize=192m -XX:YoungGenerationSizeSupplement=0)
    # Each arena of glibc keeps memory that RocksDB gave back; there would be eight for a core.
    export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2}
  fi
  protect_memory
  local options=("${protected[@]}" "${heap[@]}" -XX:+ExitOnOutOfMemoryError -Dentente.home="$home" -Duser.timezone=UTC)
  # Commands draw their progress on a terminal only.
  local terminals=
  [ ! -t 1 ] || terminals+=out
  [ ! -t 2 ] || terminals+=err
  [ -z "$terminals" ] || options+=("-Dentente.terminals=$terminals")
  [ "${major%%.*}" -lt 22 ] || options+=(--enable-native-access=ALL-UNNAMED)
  # Java ignores an archive that is damaged or belongs to another Java. Since 25 it also holds which code is hot.
  if [ -f "$archive" ]; then
    if [ "${major%%.*}" -ge 25 ]; then
      options+=("-XX:AOTCache=$archive" "-Xlog:aot*=off")
    else
      options+=("-XX:SharedArchiveFile=$archive" -Xshare:auto)
    fi
    options+=(-XX:+VerifySharedSpaces "-Xlog:cds*=off" "-Dentente.class.data=$archive")
  fi
  # shellcheck disable=SC2086
  exec "$java" "${options[@]}" ${ENTENTE_JAVA_OPTS:-} -cp "$class_path" org.entente.gateway.Main "$@"
}
