package org.entente.gateway.ledger.record;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.feature.release.HeldDraftTable;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.proto.store.v1.BlockRecord;
import org.entente.proto.store.v1.ChainRecord;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.store.v1.ConsentStage;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.store.v1.HeldRecord;
import org.entente.proto.store.v1.HoldRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.store.v1.IprRecord;
import org.entente.proto.store.v1.LinkRecord;
import org.entente.proto.store.v1.OperationRecord;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.OwnAttachment;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.store.v1.ResponderRecord;
import org.entente.proto.store.v1.WatchHit;
import org.entente.proto.store.v1.WatchRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Records whose plain fields a writer to the disk changes (threat 86). */
class AuthenticatedStoreTest {
  private static final int MAC_BYTES = 16;

  @TempDir private Path folder;
  private final SecretBytes key = SecretBytes.takeOver(new byte[32]);

  private static byte[] keyIn(int space) {
    return KeyBuilder.key().u8(space).u64(7).done();
  }

  private static void put(Store store, Table table, byte[] at, byte[] value) {
    store.commit(store.batch().put(table, at, value), Durability.SYNCED);
  }

  private static byte[] get(Store store, Table table, byte[] at) {
    byte @Nullable [] value = store.get(table, at);
    assertNotNull(value);
    return value;
  }

  /** A record of each kind, as it is, and as it would serve who changes it. */
  static Stream<Arguments> alterations() {
    InboxRecord received =
        InboxRecord.newBuilder().setRestricted(true).setBucketDay(20_000).build();
    return Stream.of(
        arguments(Table.INBOX, 1, received, received.toBuilder().clearRestricted().build()),
        arguments(Table.INBOX, 1, received, received.toBuilder().setBucketDay(30_000).build()),
        arguments(
            Table.OUTBOX,
            9,
            OutboxEntry.newBuilder().setState(OutboxState.OUTBOX_STATE_VOID).build(),
            OutboxEntry.newBuilder().setState(OutboxState.OUTBOX_STATE_QUEUED).build()),
        arguments(
            Table.CURSOR,
            0xff,
            CursorRecord.newBuilder().addNextPosition(1).build(),
            CursorRecord.newBuilder().addNextPosition(99).build()),
        arguments(
            Table.HELD,
            1,
            HeldRecord.newBuilder().setUntilMs(1).build(),
            HeldRecord.newBuilder().setUntilMs(Long.MAX_VALUE).build()),
        arguments(
            Table.RETENTION,
            1,
            ErasureRecord.newBuilder().setLeaf(1).build(),
            ErasureRecord.newBuilder().setLeaf(2).build()),
        arguments(
            Table.RETENTION,
            2,
            ErasureRecord.newBuilder().setDoneAtMs(1).build(),
            ErasureRecord.newBuilder().setDoneAtMs(2).build()),
        arguments(
            Table.RETENTION,
            3,
            HoldRecord.newBuilder().setSinceMs(1).build(),
            HoldRecord.newBuilder().setSinceMs(2).build()),
        arguments(
            Table.RETENTION,
            4,
            BlockRecord.newBuilder().setUntilMs(9).build(),
            BlockRecord.newBuilder().setUntilMs(1).build()),
        arguments(
            Table.RETENTION,
            6,
            BlockRecord.newBuilder().setUntilMs(9).build(),
            BlockRecord.newBuilder().setUntilMs(1).build()),
        arguments(
            Table.QUARANTINE,
            1,
            quarantined(QuarantineState.QUARANTINE_STATE_WAITING, 1),
            quarantined(QuarantineState.QUARANTINE_STATE_WAITING, 2)),
        arguments(
            Table.QUARANTINE,
            5,
            quarantined(QuarantineState.QUARANTINE_STATE_REFUSED, 1),
            quarantined(QuarantineState.QUARANTINE_STATE_RELEASED, 1)),
        arguments(
            Table.ATTACHMENT,
            1,
            OwnAttachment.newBuilder().setSize(1).build(),
            OwnAttachment.newBuilder()
                .setSize(1)
                .addRecipientTokens(ByteString.copyFromUtf8("another"))
                .build()),
        arguments(Table.CONSENT, 1, consent(ConsentStage.CONSENT_STAGE_DENIED), granted()),
        arguments(Table.CONSENT, 2, consent(ConsentStage.CONSENT_STAGE_REVOKED), granted()),
        arguments(
            Table.REQUEST,
            1,
            RequestRecord.newBuilder().setState(RequestState.REQUEST_STATE_OPEN).build(),
            RequestRecord.newBuilder().setState(RequestState.REQUEST_STATE_LAPSED).build()),
        arguments(
            Table.REQUEST,
            4,
            ResponderRecord.newBuilder().setSinceMs(1).build(),
            ResponderRecord.newBuilder().setSinceMs(2).build()),
        arguments(
            Table.LINK,
            1,
            LinkRecord.newBuilder().setSinceMs(1).build(),
            LinkRecord.newBuilder().setSinceMs(2).build()),
        arguments(
            Table.LINK,
            2,
            LinkRecord.newBuilder().setBySender(true).build(),
            LinkRecord.getDefaultInstance()),
        arguments(
            Table.OPERATION,
            1,
            OperationRecord.newBuilder().setNumber(2).setForked(true).build(),
            OperationRecord.newBuilder().setNumber(2).build()),
        arguments(
            Table.IPR,
            1,
            IprRecord.newBuilder().setKeepUntilMs(1).build(),
            IprRecord.newBuilder().setKeepUntilMs(2).build()),
        arguments(
            Table.IPR,
            2,
            IprRecord.newBuilder().setOpen(false).build(),
            IprRecord.newBuilder().setOpen(true).build()),
        arguments(
            Table.WATCH,
            1,
            WatchRecord.newBuilder().setUntilMs(1).build(),
            WatchRecord.newBuilder().setUntilMs(2).build()),
        arguments(
            Table.WATCH,
            2,
            WatchHit.newBuilder().setPosition(1).build(),
            WatchHit.newBuilder().setPosition(2).build()),
        arguments(
            Table.CHAIN,
            1,
            ChainRecord.newBuilder().setRecalled(true).build(),
            ChainRecord.getDefaultInstance()));
  }

  private static QuarantineRecord quarantined(QuarantineState state, long until) {
    return QuarantineRecord.newBuilder().setState(state).setUntilMs(until).build();
  }

  private static ConsentRecord consent(ConsentStage stage) {
    return ConsentRecord.newBuilder().setStage(stage).build();
  }

  private static ConsentRecord granted() {
    return consent(ConsentStage.CONSENT_STAGE_GRANTED);
  }

  @ParameterizedTest
  @MethodSource("alterations")
  void record_changedOnTheDisk_isNotRead(Table table, int space, Message record, Message wanted)
      throws InvalidProtocolBufferException {
    byte[] at = keyIn(space);
    try (Store disk = new MemoryStore(new MemoryStore.Disk())) {
      Store store = AuthenticatedStore.of(disk, key);
      put(store, table, at, record.toByteArray());
      Message read = record.getParserForType().parseFrom(get(store, table, at));
      assertEquals(record, read);

      byte[] stored = get(disk, table, at);
      byte[] mac = Arrays.copyOfRange(stored, stored.length - MAC_BYTES, stored.length);
      put(disk, table, at, KeyBuilder.key().bytes(wanted.toByteArray()).bytes(mac).done());
      byte[] spoiled = get(store, table, at);
      assertThrows(
          InvalidProtocolBufferException.class, () -> record.getParserForType().parseFrom(spoiled));
    }
  }

  @Test
  void record_afterTheStoreWasReopened_isReadAtItsPlaceOnly() {
    byte[] value = HeldRecord.newBuilder().setUntilMs(7).build().toByteArray();
    try (Store disk = RocksStore.open(folder.resolve("data"), RocksOptions.defaults())) {
      put(AuthenticatedStore.of(disk, key), Table.HELD, keyIn(1), value);
    }
    byte[] elsewhere = KeyBuilder.key().u8(1).u64(8).done();
    try (Store disk = RocksStore.open(folder.resolve("data"), RocksOptions.defaults())) {
      put(disk, Table.HELD, elsewhere, get(disk, Table.HELD, keyIn(1)));
      put(disk, Table.CONSENT, keyIn(1), get(disk, Table.HELD, keyIn(1)));
      Store store = AuthenticatedStore.of(disk, key);
      assertArrayEquals(value, get(store, Table.HELD, keyIn(1)));
      assertUnreadable(get(store, Table.HELD, elsewhere));
      assertUnreadable(get(store, Table.CONSENT, keyIn(1)));
      try (Scan scan = store.scan(Table.HELD, elsewhere, null)) {
        scan.next();
        assertUnreadable(scan.value());
      }
      assertUnreadable(requireNonNull(store.last(Table.HELD, elsewhere, null)).value());
    }
  }

  private static void assertUnreadable(byte[] value) {
    assertThrows(InvalidProtocolBufferException.class, () -> HeldRecord.parseFrom(value));
  }

  @Test
  void record_withoutItsMac_orUnderAnotherKey_isNotRead() {
    byte[] value = HeldRecord.newBuilder().setUntilMs(7).build().toByteArray();
    try (Store disk = new MemoryStore(new MemoryStore.Disk())) {
      put(disk, Table.HELD, keyIn(1), value);
      assertUnreadable(get(AuthenticatedStore.of(disk, key), Table.HELD, keyIn(1)));
      put(disk, Table.HELD, keyIn(1), new byte[0]);
      assertUnreadable(get(AuthenticatedStore.of(disk, key), Table.HELD, keyIn(1)));
      Store others = AuthenticatedStore.of(disk, SecretBytes.copyOf(new byte[] {1}));
      put(others, Table.HELD, keyIn(1), value);
      assertUnreadable(get(AuthenticatedStore.of(disk, key), Table.HELD, keyIn(1)));
      assertNull(AuthenticatedStore.of(disk, key).get(Table.HELD, keyIn(2)));
    }
  }

  /** Sealed values, counts and indexes lie as they are given. */
  @Test
  void otherValues_areStoredAsTheyAre() {
    try (Store disk = new MemoryStore(new MemoryStore.Disk())) {
      Store store = AuthenticatedStore.of(disk, key);
      put(store, Table.RETENTION, keyIn(7), keyIn(3));
      put(store, Table.HELD, keyIn(2), keyIn(3));
      put(store, Table.META, keyIn(1), keyIn(3));
      for (Table table : new Table[] {Table.RETENTION, Table.HELD, Table.META}) {
        int space = table == Table.RETENTION ? 7 : table == Table.HELD ? 2 : 1;
        assertArrayEquals(keyIn(3), get(disk, table, keyIn(space)), table::name);
        assertArrayEquals(keyIn(3), get(store, table, keyIn(space)), table::name);
      }
    }
  }

  /** After the loss of the keystore; interrupted, it is done again. */
  @Test
  void records_ofALostKey_areReadUnderAnother_onceTheyAreAdopted() {
    byte[] large = new byte[700_000];
    SecretBytes other = SecretBytes.copyOf(new byte[] {1});
    try (Store disk = new MemoryStore(new MemoryStore.Disk())) {
      Store store = AuthenticatedStore.of(disk, key);
      for (int space = 1; space <= 4; space++) {
        put(store, Table.INBOX, keyIn(space), large);
        put(store, Table.CONSENT, keyIn(space), keyIn(space));
      }
      Store adopted = AuthenticatedStore.of(disk, other);
      for (int time = 1; time <= 2; time++) {
        AuthenticatedStore.adopt(disk, other);
        for (int space = 1; space <= 4; space++) {
          assertArrayEquals(large, get(adopted, Table.INBOX, keyIn(space)));
          assertArrayEquals(keyIn(space), get(adopted, Table.CONSENT, keyIn(space)));
        }
      }
      assertUnreadable(get(store, Table.CONSENT, keyIn(1)));
    }
  }

  @Test
  void unverified_readsAll_andWritesNoRecord() {
    try (Store disk = new MemoryStore(new MemoryStore.Disk())) {
      put(AuthenticatedStore.of(disk, key), Table.HELD, keyIn(1), keyIn(1));
      Store unverified = AuthenticatedStore.unverified(disk);
      assertArrayEquals(keyIn(1), get(unverified, Table.HELD, keyIn(1)));
      assertTrue(get(disk, Table.HELD, keyIn(1)).length > keyIn(1).length);
      assertThrows(
          IllegalStateException.class, () -> put(unverified, Table.HELD, keyIn(1), keyIn(1)));
    }
  }

  /** A node with such a record starts, and says which it is. */
  @Test
  void heldDraft_changedOnTheDisk_isReportedAndLeftOut_andTheOthersStay() {
    UnreadableRecords unreadable = new UnreadableRecords();
    try (Store disk = new MemoryStore(new MemoryStore.Disk())) {
      Store store = AuthenticatedStore.of(disk, key);
      MessageId kept = MessageId.of(KeyBuilder.key().u64(0).u64(1).done());
      MessageId changed = MessageId.of(KeyBuilder.key().u64(0).u64(2).done());
      for (MessageId id : List.of(kept, changed)) {
        byte[] at = KeyBuilder.key().u8(1).bytes(id.bytes()).done();
        put(store, Table.HELD, at, HeldRecord.newBuilder().setSinceMs(1).build().toByteArray());
      }
      byte[] at = KeyBuilder.key().u8(1).bytes(changed.bytes()).done();
      byte[] stored = get(disk, Table.HELD, at);
      stored[1] ^= 2;
      put(disk, Table.HELD, at, stored);

      HeldDraftTable held = new HeldDraftTable(store, unreadable);
      assertEquals(1, held.count());
      assertEquals(
          List.of(kept), held.page(null, 10).stream().map(HeldDraftTable.Entry::id).toList());
      assertEquals(1, held.oldestMillis());
      assertEquals(List.of("HELD " + changed), unreadable.list());
    }
  }
}
