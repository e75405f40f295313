package org.entente.gateway.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.proto.store.v1.InboxRecord;
import org.junit.jupiter.api.Test;

/** Who is given what is directed to whom. */
class DesksTest {
  private static final NodeName CLERK = new NodeName("clerk");
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final Desks desks =
      new DeskClients()
          .client("narc", "narcotics")
          .client("both", "ipr", "narcotics")
          .only("strict", "narcotics")
          .over(keys);

  private static InboxRecord record(int number) {
    byte[] id = new byte[MessageId.SIZE];
    id[MessageId.SIZE - 1] = (byte) number;
    return InboxRecord.newBuilder()
        .setMessageId(ByteString.copyFrom(id))
        .setBucketDay(20_000)
        .build();
  }

  private boolean sees(String client, InboxRecord record) {
    return desks.sight(new NodeName(client)).sees(record);
  }

  @Test
  void directed_isGivenToItsDeskAndToWhoSitsAtNone_andToNoOther() {
    InboxRecord narcotics = desks.directed(record(1), List.of("narcotics"));
    assertTrue(sees("narc", narcotics));
    assertTrue(sees("both", narcotics));
    assertTrue(sees("strict", narcotics));
    assertTrue(sees("general", narcotics));
    InboxRecord ipr = desks.directed(record(2), List.of("ipr"));
    assertFalse(sees("narc", ipr));
    assertTrue(sees("both", ipr));
    assertFalse(sees("strict", ipr));
    assertTrue(sees("general", ipr));
  }

  @Test
  void directedToNone_isGivenToAll_butToWhoHasItsDesksOnly() {
    assertTrue(sees("narc", record(1)));
    assertTrue(sees("general", record(1)));
    assertFalse(sees("strict", record(1)));
  }

  @Test
  void directedToNobodys_orToTheGeneralOnes_isLostToNobody() {
    for (List<String> to : List.of(List.of("tobacco"), List.<String>of())) {
      InboxRecord record = desks.directed(record(1), to);
      assertTrue(sees("general", record));
      assertFalse(sees("narc", record));
      assertFalse(sees("both", record));
    }
    assertFalse(desks.isStaffed(List.of("tobacco")));
    assertTrue(desks.isStaffed(List.of("ipr", "tobacco")));
  }

  @Test
  void asked_narrows_andOpensNoOtherDesk() {
    InboxRecord narcotics = desks.directed(record(1), List.of("narcotics"));
    InboxRecord ipr = desks.directed(record(2), List.of("ipr"));
    DeskVisibility general = desks.sight(new NodeName("general")).of(List.of("ipr"));
    assertTrue(general.sees(ipr));
    assertFalse(general.sees(narcotics));
    assertFalse(general.sees(record(3)));
    DeskVisibility narc = desks.sight(new NodeName("narc")).of(List.of("ipr"));
    assertFalse(narc.sees(ipr));
    assertFalse(narc.sees(narcotics));
  }

  @Test
  void record_saysNothingOfItsDesksInPlaintext_andEachSealIsAnother() {
    InboxRecord record = desks.directed(record(1), List.of("narcotics"));
    String stored = new String(record.toByteArray(), StandardCharsets.ISO_8859_1);
    assertFalse(stored.contains("narc"));
    assertNotEquals(
        record.getSealedDesks(), desks.directed(record(1), List.of("narcotics")).getSealedDesks());
    assertEquals(Optional.of(List.of("narcotics")), desks.of(record));
  }

  /** Somebody who writes on the disk puts the desks of one message beside another. */
  @Test
  void desksOfAnother_orChangedOnes_areNotRead_andKeptFromWhoSitsAtDesks() {
    InboxRecord narcotics = desks.directed(record(1), List.of("narcotics"));
    InboxRecord swapped = record(2).toBuilder().setSealedDesks(narcotics.getSealedDesks()).build();
    byte[] bytes = narcotics.getSealedDesks().toByteArray();
    bytes[bytes.length - 1] ^= 1;
    InboxRecord changed = narcotics.toBuilder().setSealedDesks(ByteString.copyFrom(bytes)).build();
    for (InboxRecord record : List.of(swapped, changed)) {
      assertFalse(sees("narc", record));
      assertTrue(sees("general", record));
    }
  }

  @Test
  void desks_areNotReadOnceTheirBucketIsDestroyed() {
    InboxRecord narcotics = desks.directed(record(1), List.of("narcotics"));
    keys.days().forEach(keys::destroy);
    assertEquals(Optional.empty(), desks.of(narcotics));
    assertFalse(sees("narc", narcotics));
    assertTrue(sees("general", narcotics));
  }

  @Test
  void whatIsNotHereAnyMore_isToldOfToWhoSitsAtNoDeskOnly() {
    assertTrue(desks.sight(new NodeName("general")).seesAbout(null));
    assertFalse(desks.sight(new NodeName("narc")).seesAbout(null));
  }

  @Test
  void seat_withoutDesks_cannotBeForThemOnly() {
    assertThrows(IllegalArgumentException.class, () -> new DeskSeat(Set.of(), true));
  }

  /** A client is given other desks while its streams are open. */
  @Test
  void visibility_followsItsClientToOtherDesks() {
    Map<NodeName, DeskSeat> seats = new HashMap<>();
    seats.put(CLERK, new DeskSeat(Set.of(new DeskName("tobacco")), true));
    Desks changing = new Desks(new RecordSeal(keys, new SecureRandom()), () -> seats);
    InboxRecord narcotics = changing.directed(record(1), List.of("narcotics"));
    DeskVisibility visibility = changing.sight(CLERK);
    assertFalse(visibility.sees(narcotics));
    seats.put(CLERK, new DeskSeat(Set.of(new DeskName("narcotics")), true));
    assertTrue(visibility.sees(narcotics));
  }
}
