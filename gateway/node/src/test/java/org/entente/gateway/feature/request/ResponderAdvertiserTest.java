package org.entente.gateway.feature.request;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.proto.store.v1.AdvertisingRecord;
import org.entente.proto.v1.Responder;
import org.junit.jupiter.api.Test;

/** When an agency is told again which responders it may ask. */
class ResponderAdvertiserTest {
  private static final Instant TOLD = Instant.parse("2026-05-01T10:00:00Z");
  private static final byte[] BEFORE = {1};
  private static final byte[] CHANGED = {2};

  private static boolean isDue(byte[] list, Duration since) {
    AdvertisingRecord told =
        AdvertisingRecord.newBuilder()
            .setListHash(ByteString.copyFrom(BEFORE))
            .setAtMs(TOLD.toEpochMilli())
            .build();
    return ResponderAdvertiser.isDue(
        List.of(Responder.getDefaultInstance()), list, told, TOLD.plus(since));
  }

  /** A client that changes its responder all the time costs the other agencies a list a minute. */
  @Test
  void listThatChanges_isToldOnceAMinute() {
    assertFalse(isDue(CHANGED, Duration.ofSeconds(1)));
    assertFalse(isDue(CHANGED, Duration.ofSeconds(59)));
    assertTrue(isDue(CHANGED, Duration.ofMinutes(1)));
  }

  @Test
  void listThatDoesNotChange_isToldOnceADay() {
    assertFalse(isDue(BEFORE, Duration.ofHours(23)));
    assertTrue(isDue(BEFORE, Duration.ofDays(1)));
  }

  @Test
  void clockThatWasSetBack_keepsNoChangeBack() {
    assertTrue(isDue(CHANGED, Duration.ofMinutes(-1)));
  }

  @Test
  void firstList_isToldAtOnce_unlessItIsEmpty() {
    assertTrue(
        ResponderAdvertiser.isDue(List.of(Responder.getDefaultInstance()), CHANGED, null, TOLD));
    assertFalse(ResponderAdvertiser.isDue(List.of(), CHANGED, null, TOLD));
  }
}
