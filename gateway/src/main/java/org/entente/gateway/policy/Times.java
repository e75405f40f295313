package org.entente.gateway.policy;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Times between the protos and the JDK. */
final class Times {
  private Times() {}

  static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }

  /** The time, for a timestamp that was checked. */
  static Instant instant(Timestamp at) {
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
