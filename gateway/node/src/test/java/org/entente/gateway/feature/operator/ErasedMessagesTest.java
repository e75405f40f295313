package org.entente.gateway.feature.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.v1.ListErasedRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who learns of erased messages, and for how long. */
class ErasedMessagesTest {
  private static final long LAST_DAY = 20_000;

  @TempDir private Path folder;
  @AutoClose private QuarantineNode node;

  @BeforeEach
  void start() throws IOException {
    node = new QuarantineNode(folder, QuarantineTable.Limits.DEFAULT);
    erase(1, 7);
    // It came before the ledger was restored from an older copy: clients may have it.
    erase(2, 0);
  }

  private static ByteString id(int number) {
    byte[] id = new byte[16];
    id[0] = (byte) number;
    return ByteString.copyFrom(id);
  }

  private void erase(int number, long arrival) {
    ErasureRecord done =
        ErasureRecord.newBuilder()
            .setMessageId(id(number))
            .setOrigin("fr.customs")
            .setBucketDay(LAST_DAY)
            .setArrival(arrival)
            .setDoneAtMs(number)
            .build();
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.ledger.retention().end(tx, done);
          return done;
        });
  }

  private List<ByteString> listed(boolean seated) {
    return new ErasedMessages(node.ledger, client -> seated)
        .page(new NodeName("desk"), ListErasedRequest.getDefaultInstance())
        .orElseThrow(problem -> new IllegalStateException(problem.toString()))
        .getMessageIdsList();
  }

  private void prune(long today) {
    int pruned =
        node.ledger.commit(Lane.ROUTINE, tx -> node.ledger.retention().prune(tx, 0, today, 100));
    assertEquals(today > LAST_DAY ? 4 : 0, pruned);
  }

  @Test
  void erased_isListed_toAClientWithoutDesksAlone() {
    assertEquals(List.of(id(1), id(2)), listed(false));
    assertEquals(List.of(), listed(true));
  }

  @Test
  void erased_isListed_asLongAsItCouldHaveBeenKept() {
    prune(LAST_DAY);
    assertEquals(List.of(id(1), id(2)), listed(false));
    prune(LAST_DAY + 1);
    assertEquals(List.of(), listed(false));
  }

  /** A reader that has the later one would never see it. */
  @Test
  void erasureThatEndsLater_isListedBehindOneThatBeganAfterIt() {
    List<byte[]> before = node.ledger.retention().erasedAfter(new byte[0], 10);
    erase(0, 7);
    List<byte[]> after = node.ledger.retention().erasedAfter(before.get(1), 10);
    assertEquals(2, before.size());
    assertEquals(1, after.size());
  }

  /** The clock was ahead. Then the ledger was restored from an earlier backup. */
  @Test
  void placeBehindAllErasures_hasThemListedFromTheFirst() {
    List<byte[]> places = node.ledger.retention().erasedAfter(new byte[0], 10);
    byte[] ahead = places.get(1).clone();
    ahead[0] = 1;

    assertEquals(List.of(id(1), id(2)), after(ahead));
    assertEquals(List.of(id(2)), after(places.get(0)));
    assertEquals(List.of(), after(places.get(1)), "that of the last is no such place");
  }

  private List<ByteString> after(byte[] place) {
    ListErasedRequest request =
        ListErasedRequest.newBuilder().setAfter(ByteString.copyFrom(place)).build();
    return new ErasedMessages(node.ledger, client -> false)
        .page(new NodeName("desk"), request)
        .orElseThrow(problem -> new IllegalStateException(problem.toString()))
        .getMessageIdsList();
  }

  /** As a recall of what a person erased, or another recall, does. */
  @Test
  void erasureThatIsChangedLater_isListedOnce() {
    erase(1, 7);
    assertEquals(List.of(id(1), id(2)), listed(false));
  }
}
