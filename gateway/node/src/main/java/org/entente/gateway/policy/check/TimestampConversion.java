package org.entente.gateway.policy.check;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Converts times between the protos and the JDK. */
public final class TimestampConversion {
  private TimestampConversion() {}

  public static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }

  /** The time, clamped to the JDK's earliest or latest instant. */
  public static Instant instant(Timestamp at) {
    if (at.getSeconds() <= Instant.MIN.getEpochSecond() + 3) {
      return Instant.MIN;
    }
    // Nanoseconds of an unchecked timestamp add at most two seconds, either way.
    return at.getSeconds() >= Instant.MAX.getEpochSecond() - 3
        ? Instant.MAX
        : Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  public static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
