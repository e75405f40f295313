package org.entente.gateway.feature.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.proto.store.v1.InboxPage;
import org.entente.proto.store.v1.InboxRecord;
import org.junit.jupiter.api.Test;

/** How far a cursor is behind, counted over a bounded number of the latest positions. */
class CursorBacklogsTest {
  private static final long LAST = 9;

  private final MemoryStore store = new MemoryStore();

  private void receive(Lane lane, long... positions) {
    Batch batch = store.batch();
    for (long position : positions) {
      InboxRecord record = InboxRecord.newBuilder().setReceivedAtMs(position * 1_000).build();
      byte[] key = KeyBuilder.key().u8(lane.number()).u64(position).done();
      InboxPage page =
          InboxPage.newBuilder()
              .setMessageIds(ByteString.copyFrom(new byte[MessageId.SIZE]))
              .addMessages(record.toByteString())
              .build();
      batch.put(Table.INBOX, key, page.toByteArray());
    }
    store.commit(batch, Durability.SYNCED);
  }

  private static Map<Lane, Long> places(long flash, long routine) {
    Map<Lane, Long> places = new EnumMap<>(Lane.class);
    Lane.all().forEach(lane -> places.put(lane, 1L));
    places.put(Lane.FLASH, flash);
    places.put(Lane.ROUTINE, routine);
    return places;
  }

  private CursorBacklog of(long counted, long flash, long routine) {
    return CursorBacklogs.of(
            new InboxTable(store), LAST, counted, List.of(places(flash, routine), places(1, 1)))
        .get(0);
  }

  @Test
  void messagesBehindThePlaces_areCounted_lanesWithoutMailAreNot() {
    receive(Lane.FLASH, 2, 8);
    receive(Lane.ROUTINE, 3, 5, 9);
    assertEquals(new CursorBacklog(5, 3, false, 5_000), of(100, 3, 4));
    assertEquals(new CursorBacklog(9, 1, false, 9_000), of(100, 9, 6));
    assertEquals(new CursorBacklog(10, 0, false, 0), of(100, 9, 10));
  }

  @Test
  void messagesBeforeThoseThatAreCounted_areTheOldest_andSaidToBeMore() {
    receive(Lane.FLASH, 2, 8);
    receive(Lane.ROUTINE, 3, 5, 9);
    assertEquals(new CursorBacklog(3, 2, true, 3_000), of(2, 3, 1));
    assertEquals(new CursorBacklog(8, 2, false, 8_000), of(2, 3, 6));
  }

  /** What arrives while it is reckoned belongs to the next answer. */
  @Test
  void messageAfterTheLastPosition_isNoPartOfIt() {
    receive(Lane.ROUTINE, 10);
    assertEquals(new CursorBacklog(10, 0, false, 0), of(100, 1, 1));
  }

  /** The positions of quiet lanes stay low, whatever arrives in others. */
  @Test
  void cursorThatHasCaughtUp_costsNoScan() {
    receive(Lane.FLASH, 2);
    receive(Lane.ROUTINE, 3, 5, 9);
    InboxTable inbox = new InboxTable(store);
    long before = store.scanned(Table.INBOX);
    assertEquals(
        List.of(new CursorBacklog(10, 0, false, 0)),
        CursorBacklogs.of(inbox, LAST, 100, List.of(caughtUp())));
    assertEquals(before, store.scanned(Table.INBOX));
  }

  private static Map<Lane, Long> caughtUp() {
    Map<Lane, Long> places = new EnumMap<>(Lane.class);
    Lane.all().forEach(lane -> places.put(lane, 3L));
    places.put(Lane.ROUTINE, LAST + 1);
    return places;
  }
}
