package org.entente.gateway.deliver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalPlace;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.junit.jupiter.api.Test;

class LaneCursorTest {
  private static LaneCursor.SentMessage sent(int seed) {
    return new LaneCursor.SentMessage(
        MessageId.fresh(seed, new Random(seed)),
        new AgencyName("fr.customs"),
        new RetrievalPlace(seed, 20_000));
  }

  @Test
  void durablePlace_withUnacknowledged_isTheFirstOfThem() {
    LaneCursor place = new LaneCursor(1, 0);
    place.passed(1);
    place.sent(2, sent(2));
    place.passed(3);
    place.sent(4, sent(4));
    assertEquals(2, place.durablePlace());
    assertEquals(5, place.next());
    assertEquals(1, place.acknowledge(2).size());
    assertEquals(4, place.durablePlace());
    assertEquals(1, place.acknowledge(4).size());
    assertEquals(5, place.durablePlace());
  }

  @Test
  void acknowledgement_coversEverythingUpToIt() {
    LaneCursor place = new LaneCursor(1, 0);
    for (int i = 1; i <= 5; i++) {
      place.sent(i, sent(i));
    }
    assertEquals(3, place.acknowledge(3).size());
    assertFalse(place.awaits(3));
    assertTrue(place.awaits(4));
    assertEquals(2, place.unacknowledged());
  }

  @Test
  void redelivery_isWhatWasSentBeforeTheStreamOpened() {
    LaneCursor place = new LaneCursor(3, 5);
    assertTrue(place.isRedelivery(5));
    assertFalse(place.isRedelivery(6));
  }
}
