# Functions that the launchers share: find Java and set its options. Source this file; do not run it.
#   ENTENTE_JAVA_OPTS   further options for the JVM

java=${JAVA_HOME:+$JAVA_HOME/bin/}java

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

# run_entente HOME CLASS_PATH CLASS_DATA [ARGUMENT...]: the gateway and its commands.
run_entente() {
  local home=$1 class_path=$2 archive=$3
  shift 3
  [ "$(uname -sm)" = "Linux x86_64" ] ||
    fail "this release runs on Linux x86_64 only: its TLS library (netty-tcnative) has no build for $(uname -sm) here"
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
