package org.entente.gateway.seal.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Bounds of single fields. */
class FieldReaderTest {
  private static Optional<Long> time(long millis) {
    return FieldReader.parse(new FieldWriter(8).u64(millis).toBytes(), FieldReader::time);
  }

  /** Whoever shows a time that was read makes a protobuf timestamp of it. */
  @Test
  void time_isReadUpToTheYear9999() {
    assertEquals(Optional.of(0L), time(0));
    assertEquals(Optional.of(FieldReader.LAST_TIME), time(FieldReader.LAST_TIME));
    assertEquals(
        "9999-12-31T23:59:59.999Z", Instant.ofEpochMilli(FieldReader.LAST_TIME).toString());
  }

  @Test
  void time_beyondTheYear9999_isRefused() {
    assertEquals(Optional.empty(), time(FieldReader.LAST_TIME + 1));
    assertEquals(Optional.empty(), time(Long.MAX_VALUE));
    assertEquals(Optional.empty(), time(-1));
  }
}
