package org.entente.gateway.federation;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.keys.KeyProvider;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.FolderCopy;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.TestNames;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the thief of an old disk or backup reads of an erased message, with real keystore and store:
 * each copy of the ledger, as it was before, with the keys as they are afterwards.
 */
class ErasedFromDiskTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("art. 16(2)").build();

  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();
  private final Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private Permitted erased = alert();
  private Permitted kept = alert();
  private Permitted held = alert();

  private Permitted alert() {
    return PermittedFixture.alert(
        MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        Lane.ROUTINE,
        Body.newBuilder().setAlert(Alert.getDefaultInstance()).build(),
        now,
        ReceiveKit.SELF.value());
  }

  /** Receives three messages in one envelope, copies the disk, then erases one and holds one. */
  @BeforeEach
  void receiveCopyAndErase() throws IOException {
    try (Keystore keystore = keystore("keystore")) {
      KeyProvider keys = new KeyProvider(keystore, () -> now, random);
      try (Store store = store("data")) {
        Ledger ledger = ledger(store);
        try (ErasureJournal journal = journal();
            ReceiveKit kit = kit(ledger, keys, journal)) {
          kit.deliver(erased, kept, held);
        }
        ledger.close();
      }
      copy("data", "backup");
      copy("keystore", "keystore-of-the-backup");
      try (Store store = store("data")) {
        Ledger ledger = ledger(store);
        try (ErasureJournal journal = journal();
            ReceiveKit kit = kit(ledger, keys, journal)) {
          Retention retention = retention(ledger, keys, kit);
          retention.hold(new NodeName("records"), held.messageId(), PERSON);
          Results.value(retention.erase(new NodeName("records"), erased.messageId(), PERSON));
          copy("data", "hour of the erasure");
          kit.erasing().dropCiphertext();
          kit.erasing().rewritePages(1 << 20);
          kit.settle();
        }
        ledger.close();
      }
    }
  }

  private Keystore keystore(String name) {
    return Keystore.open(folder.resolve(name), () -> now, random);
  }

  private Store store(String name) {
    return RocksStore.open(folder.resolve(name), RocksOptions.defaults());
  }

  private ErasureJournal journal() throws IOException {
    return ErasureJournal.open(folder.resolve("erasures"), now.getEpochSecond() / 86_400);
  }

  private Ledger ledger(Store store) {
    Ledger ledger =
        new Ledger(
            store,
            TestNames.names(),
            new QuietLedger.NoJournal(),
            () -> now,
            LedgerLimits.DEFAULT,
            new QuietLedger.FailingObserver());
    ledger.start();
    return ledger;
  }

  private ReceiveKit kit(Ledger ledger, KeyProvider keys, ErasureJournal journal) {
    return new ReceiveKit(
        ledger,
        keys.storageKeys(),
        keys.retentionKeys(),
        journal,
        (origin, label, body) -> Optional.empty(),
        () -> now);
  }

  private Retention retention(Ledger ledger, KeyProvider keys, ReceiveKit kit) {
    return new Retention(
        ReceiveKit.SELF,
        ledger,
        new Retention.Keys(keys.storageKeys(), keys.retentionKeys()),
        kit.erasing(),
        new LabelCheck(MessageLimits.defaults()),
        ledger.clock(),
        random);
  }

  private void copy(String from, String to) throws IOException {
    FolderCopy.of(folder.resolve(from), folder.resolve(to));
  }

  /** Opens a message from a copy of the ledger with a copy of the keystore. */
  private Optional<Body> read(String data, String keystore, Permitted message) {
    try (Keystore keys = keystore(keystore);
        Store store = store(data)) {
      InboxTable inbox = new InboxTable(store);
      InboxTable.PlacedRecord placed = inbox.find(message.messageId());
      return placed == null
          ? Optional.empty()
          : new InboxOpener(new KeyProvider(keys, () -> now, random).storageKeys(), inbox)
              .body(placed);
    }
  }

  @Test
  void oldLedger_withTodaysKeys_opensAllButTheErased() {
    assertTrue(read("backup", "keystore", erased).isEmpty());
    assertTrue(read("backup", "keystore", kept).isPresent());
    assertTrue(read("backup", "keystore", held).isPresent());
  }

  @Test
  void todaysLedger_withOldKeys_doesNotHoldTheErased() {
    assertTrue(read("data", "keystore-of-the-backup", erased).isEmpty());
    assertEquals(0, stored("data").length, "nor its ciphertext");
    assertTrue(read("data", "keystore", kept).isPresent());
    assertTrue(read("data", "keystore", held).isPresent());
  }

  /** Its ciphertext is there until its page is written again; no key of then opens it. */
  @Test
  void ledgerOfTheHourOfTheErasure_showsNothing_andNoKeyOfTodayOpensIt() {
    assertTrue(stored("hour of the erasure").length > 0);
    assertTrue(read("hour of the erasure", "keystore", erased).isEmpty());
    assertTrue(read("hour of the erasure", "keystore-of-the-backup", erased).isEmpty());
    InboxTable.PlacedRecord placed = placedBefore();
    try (Store store = store("hour of the erasure");
        Keystore keys = keystore("keystore")) {
      InboxOpener opener =
          new InboxOpener(
              new KeyProvider(keys, () -> now, random).storageKeys(), new InboxTable(store));
      assertTrue(opener.body(placed).isEmpty());
    }
  }

  /** Removing a record is what a MAC of records does not show. */
  @Test
  void markRemovedOnTheDisk_bringsBackNothingThatOpens() {
    try (Store store = store("hour of the erasure")) {
      byte[] mark =
          KeyBuilder.key().u8(Lane.ROUTINE.number()).u64(placedBefore().page()).u8(1).done();
      requireNonNull(store.get(Table.INBOX, mark));
      store.commit(store.batch().delete(Table.INBOX, mark), Durability.SYNCED);
      requireNonNull(new InboxTable(store).find(erased.messageId()));
    }
    assertTrue(read("hour of the erasure", "keystore", erased).isEmpty());
    assertTrue(read("hour of the erasure", "keystore", kept).isPresent());
  }

  private InboxTable.PlacedRecord placedBefore() {
    try (Store before = store("backup")) {
      return requireNonNull(new InboxTable(before).find(erased.messageId()));
    }
  }

  /** The ciphertext of the erased message in a copy of the ledger; empty if it is gone. */
  private byte[] stored(String data) {
    InboxTable.PlacedRecord placed = placedBefore();
    try (Store store = store(data)) {
      return requireNonNull(new InboxTable(store).body(placed));
    }
  }

  /** What is not promised: a copy of both from before. docs/security/erasure.md says so. */
  @Test
  void oldLedger_withOldKeys_opens() {
    assertTrue(read("backup", "keystore-of-the-backup", erased).isPresent());
  }

  @Test
  void oldEntries_withTodaysDays_areRefused() throws IOException {
    Files.copy(
        folder.resolve("keystore-of-the-backup").resolve("entries"),
        folder.resolve("keystore").resolve("entries"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThrows(KeystoreFailure.class, () -> keystore("keystore"));
  }

  /** One bucket forgets several times what it once had room for, and nothing else. */
  @Test
  void thousandsErasedOfOneBucket_openInNoOldLedger_allOthersDo_andTheMainFileStaysSmall()
      throws IOException {
    List<Permitted> gone = alerts(2_500);
    List<Permitted> stay = alerts(500);
    delivered(Stream.of(gone, stay).flatMap(List::stream).toList());
    copy("storm", "before the storm");
    delivered(gone.stream().map(this::recallOf).toList());

    try (Keystore keystore = keystore("keystore");
        Store old = store("before the storm")) {
      InboxTable inbox = new InboxTable(old);
      InboxOpener opener =
          new InboxOpener(new KeyProvider(keystore, () -> now, random).storageKeys(), inbox);
      for (Permitted message : gone) {
        assertTrue(opener.label(requireNonNull(inbox.find(message.messageId()))).isEmpty());
      }
      for (Permitted message : stay) {
        assertTrue(opener.body(requireNonNull(inbox.find(message.messageId()))).isPresent());
      }
    }
    long entries = Files.size(folder.resolve("keystore").resolve("entries"));
    assertTrue(entries < 4_096, entries + " bytes after 2,500 erasures");
  }

  private List<Permitted> alerts(int count) {
    return Stream.generate(this::alert).limit(count).toList();
  }

  private Permitted recallOf(Permitted target) {
    return PermittedFixture.recall(
        MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
        target.messageId(),
        ReceiveKit.ORIGIN,
        now,
        ReceiveKit.SELF.value());
  }

  /** Receives messages, and erases what they recall. */
  private void delivered(List<Permitted> messages) throws IOException {
    try (Keystore keystore = keystore("keystore");
        Store store = store("storm");
        ErasureJournal journal = journal()) {
      Ledger ledger = ledger(store);
      try (ReceiveKit kit = kit(ledger, new KeyProvider(keystore, () -> now, random), journal)) {
        kit.deliver(messages.toArray(Permitted[]::new));
        for (int round = 0; round < messages.size(); round++) {
          kit.settle();
        }
        assertEquals(0, ledger.retention().pending((origin, id) -> false, 1, 0).count());
      }
      ledger.close();
    }
  }

  @Test
  void restoredLedger_servesNothingErased() throws IOException {
    try (Keystore keystore = keystore("keystore");
        Store store = store("backup");
        ErasureJournal journal = journal()) {
      Ledger ledger = ledger(store);
      try (ReceiveKit kit = kit(ledger, new KeyProvider(keystore, () -> now, random), journal)) {
        assertEquals(1, kit.erasing().replay(LocalDate.ofInstant(now, ZoneOffset.UTC)));
        kit.settle();
        assertEquals(null, ledger.inbox().find(erased.messageId()));
        requireNonNull(ledger.inbox().find(kept.messageId()));
      }
      ledger.close();
    }
  }
}
