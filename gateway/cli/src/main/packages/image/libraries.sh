#!/usr/bin/env bash
# libraries.sh JDK RUNTIME RELEASE OUT: copies this machine's libraries that a gateway loads, each to its own path in
# OUT. RUNTIME is the Java of the image, RELEASE the distribution, whose jars hold native code.
set -euo pipefail

jar=$1/bin/jar runtime=$2 release=$3 out=$4
natives=$out.natives
rm -rf "$out" "$natives"
mkdir -p "$out/var/lib/entente" "$out/tmp" "$natives"
for library in "$release"/lib/node/{rocksdbjni-*,netty-tcnative-*-linux-x86_64,ratis-thirdparty-misc-*}.jar; do
  (cd "$natives" && "$jar" --extract --file "$library")
done

# A gateway draws nothing: libraries of windows, fonts and sound stay out.
files=("$runtime"/bin/java "$runtime"/lib/{libjava,libjimage,libjli,libmanagement,libnet,libnio,libverify,libzip}.so)
files+=("$runtime"/lib/server/libjvm.so "$natives"/librocksdbjni-linux64.so "$natives"/META-INF/native/*x86_64.so)
LD_LIBRARY_PATH=$runtime/lib:$runtime/lib/server ldd "${files[@]}" >"$natives/needed"
if grep 'not found' "$natives/needed"; then
  echo "libraries.sh: this machine lacks a library that the gateway needs" >&2
  exit 1
fi
sed -n -e 's/.* => \(\/[^ ]*\) .*/\1/p' -e 's/^\t\(\/[^ ]*\) .*/\1/p' "$natives/needed" | sort -u |
  grep -v "^$runtime" | xargs cp --parents -L -t "$out"
rm -r "$natives"
