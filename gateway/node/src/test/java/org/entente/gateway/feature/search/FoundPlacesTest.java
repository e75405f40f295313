package org.entente.gateway.feature.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.Test;

/** What a page of a search costs an index, of which each look at it takes all that it finds. */
class FoundPlacesTest {
  private int searches;

  /** Places of an index that finds so many messages. */
  private FoundPlaces places(int messages, long before) {
    return new FoundPlaces(
        (under, most) -> {
          searches++;
          return LongStream.iterate(messages, position -> position > 0, position -> position - 1)
              .mapToObj(position -> new InboxPosition(Lane.ROUTINE, position))
              .filter(place -> place.number() < under)
              .limit(most)
              .toList();
        },
        before);
  }

  @Test
  void pageOfWhatNobodyMaySee_searchesAnIndexFourTimes_andTheNextOneGoesOn() {
    FoundPlaces page = places(1_500, Long.MAX_VALUE);
    List<Long> examined = new ArrayList<>();
    while (page.hasNext() && !page.isFull()) {
      examined.add(page.next().position());
    }
    assertTrue(page.hasNext());
    assertEquals(4, searches);
    assertEquals(
        LongStream.iterate(1_500, position -> position - 1).limit(1_000).boxed().toList(),
        examined);

    FoundPlaces next = places(1_500, Long.parseLong(page.token(), 16));
    for (long position = 500; position > 0; position--) {
      assertEquals(position, next.next().position());
    }
    assertFalse(next.hasNext());
    assertFalse(next.isFull());
    assertThrows(NoSuchElementException.class, next::next);
    assertEquals(6, searches, "the end is known by a part that is not full");
  }

  @Test
  void laneOfAMessage_isInTheIndex_soThatNoPlaceOfAnotherIsExamined() {
    Desks desks = new Desks(new RecordSeal(new MemoryStorageKeys(), new SecureRandom()), Map::of);
    try (MessageIndex index = new MessageIndex()) {
      for (int i = 1; i <= 20; i++) {
        Lane lane = i == 7 ? Lane.FLASH : Lane.ROUTINE;
        InboxRecord record = InboxRecord.newBuilder().setOrigin("fr.customs").build();
        index.add(
            new InboxPosition(lane, i),
            record,
            Label.getDefaultInstance(),
            SearchNode.alert("one"));
      }
      index.refresh();
      assertEquals(20, find(index, desks).size());
      assertEquals(19, find(index, desks, Lane.ROUTINE).size());
      assertEquals(20, find(index, desks, Lane.ROUTINE, Lane.FLASH).size());
      assertEquals(List.of(new InboxPosition(Lane.FLASH, 7)), find(index, desks, Lane.FLASH));
      assertEquals(List.of(), find(index, desks, Lane.PRIORITY));
    }
  }

  private static List<InboxPosition> find(MessageIndex index, Desks desks, Lane... lanes) {
    Filter.Builder filter = Filter.newBuilder();
    List.of(lanes).forEach(lane -> filter.addLanesValue(lane.number()));
    SearchCriteria sought =
        new SearchCriteria(
            filter.build(),
            new MessageFilter(filter.build(), desks.sight(new NodeName("desk"))),
            0,
            Long.MAX_VALUE,
            ByteString.EMPTY,
            List.of(),
            List.of(),
            List.of());
    return index.find(sought, Long.MAX_VALUE, 100);
  }
}
