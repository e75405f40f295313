package org.entente.gateway.simulation;

import java.util.Arrays;

/** A running hash over all that happened, by which two runs are compared. Not cryptographic. */
final class Trace {
  private long hash = 0xcbf29ce484222325L;

  void add(String what, byte[] detail) {
    mix(what.hashCode());
    mix(Arrays.hashCode(detail));
  }

  private void mix(long value) {
    hash = (hash ^ value) * 0x100000001b3L;
  }

  long hash() {
    return hash;
  }
}
