package org.entente.gateway.audit;

import static org.entente.gateway.audit.record.AuditFixture.KEYS;
import static org.entente.gateway.audit.record.AuditFixture.NOW;
import static org.entente.gateway.audit.record.AuditFixture.ORIGIN;
import static org.entente.gateway.audit.record.AuditFixture.VERIFIER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.BucketSealer;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.Store;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that was set back, the step by which its gateway goes on, and what others see of it. */
class LogSuccessionTest {
  private static final AuditActor OPERATOR =
      new AuditActor(
          AuditFixture.AGENCY, null, new AuditPerson("FR-1", "", "restored after the fire"));

  @TempDir private Path directory;
  private final SecureRandom random = new SecureRandom();
  private final BucketSealer sealer = new BucketSealer();
  private int stores;

  /** A store with so many leaves, signed at each of the sizes in the audit directory. */
  private Store store(int... sizes) {
    Store store = new MemoryStore();
    AuditLog log = AuditFixture.open(store, directory.resolve("apart-" + stores++));
    Appender appender = AuditFixture.appender(log, sealer);
    for (int size : sizes) {
      AuditFixture.grow(store, appender, size - (int) log.head().size());
      sign(log, KEYS, NOW.plusSeconds(size));
    }
    return store;
  }

  private static SignedNote sign(AuditLog log, SigningPair keys, Instant at) {
    return new CheckpointSigner(log, keys, AuditFixture.SECOND).sign(at).orElseThrow();
  }

  private void keep(byte[] note) throws IOException {
    Files.createDirectories(directory.resolve("audit"));
    Files.write(directory.resolve("audit").resolve("checkpoint"), note);
  }

  private byte[] signed(Store store) {
    return new StoredLog(store, directory.resolve("apart"), 1).checkpointInStore().orElseThrow();
  }

  private Finding examine(Store store) {
    return examine(store, Optional.empty());
  }

  private Finding examine(Store store, Optional<byte[]> witnessed) {
    return LogSuccession.examine(
        store, directory.resolve("audit"), VERIFIER, VERIFIER, witnessed, any -> Optional.empty());
  }

  private void begin(Store store, Finding.Ended ended) {
    LogSuccession.begin(
        store,
        directory.resolve("audit"),
        VERIFIER,
        ended,
        LogSuccession.firstRecord(NOW, OPERATOR, ended),
        number -> sealer,
        random,
        batch -> {});
  }

  private AuditLog.Opening open(Store store) {
    int number = StoredLog.numberInForce(store);
    return AuditLog.open(store, directory.resolve("audit"), VERIFIER.of(ORIGIN.numbered(number)));
  }

  /** Leaves 0 to 4 were restored; 9 had been signed. The store and the checkpoint of then. */
  private Store restored() throws IOException {
    Store whole = store(5, 9);
    keep(signed(whole));
    return store(5);
  }

  @Test
  void logThatContinues_isLeftAlone() throws IOException {
    Store store = store(5);
    keep(signed(store));
    Finding.Continues found = assertInstanceOf(Finding.Continues.class, examine(store));
    assertEquals(ORIGIN, found.log());
    assertEquals(5, found.size());
  }

  /** As after the loss of a keystore: whose log it was is known, and nobody can sign it on. */
  @Test
  void logWhosePairWasLost_endsWithAllThatItHadSigned() throws IOException {
    Store store = store(5, 9);
    keep(signed(store));
    SigningPair next = SigningPair.generate(random);
    CheckpointVerifier own = new CheckpointVerifier(ORIGIN, List.of(next.verifyingPair()));
    Finding.Ended ended =
        assertInstanceOf(
            Finding.Ended.class,
            LogSuccession.examine(
                store,
                directory.resolve("audit"),
                VERIFIER,
                own,
                Optional.empty(),
                any -> Optional.empty()));
    assertEquals("the pair that signed it is no longer in the keystore", ended.reason());
    assertEquals(9, Objects.requireNonNull(ended.former().kept()).size());
    assertEquals(9, Objects.requireNonNull(ended.former().signed()).size());

    begin(store, ended);

    AuditLog.Opening opening =
        AuditLog.open(store, directory.resolve("audit"), own.of(ORIGIN.numbered(2)));
    AuditLog log = assertInstanceOf(AuditLog.Opening.Opened.class, opening).log();
    sign(log, next, NOW.plusSeconds(100));
    CheckpointVerifier both =
        new CheckpointVerifier(ORIGIN, List.of(KEYS.verifyingPair(), next.verifyingPair()));
    assertInstanceOf(
        Finding.Continues.class,
        LogSuccession.examine(
            store,
            directory.resolve("audit"),
            both,
            own,
            Optional.empty(),
            any -> Optional.empty()));
  }

  @Test
  void restoredStore_goesOnWithALogThatNamesTheOld() throws IOException {
    // Two stores grow from other records, so this one is also a fork: either is the same to others.
    Store store = restored();
    assertInstanceOf(AuditLog.Opening.BehindCheckpoint.class, open(store));
    Finding.Ended ended = assertInstanceOf(Finding.Ended.class, examine(store));
    assertEquals(5, Objects.requireNonNull(ended.former().kept()).size());
    assertEquals(9, Objects.requireNonNull(ended.former().signed()).size());
    assertNull(ended.former().witnessed());
    assertEquals(ORIGIN.numbered(2), ended.next());

    begin(store, ended);

    AuditLog next = assertInstanceOf(AuditLog.Opening.Opened.class, open(store)).log();
    assertEquals("entente/demo.entente.example/fr.customs/gw-a/2", next.origin().line());
    assertEquals(1, next.head().size());
    AuditRecord first = next.open(0, sealer).flatMap(OpenedLeaf::record).orElseThrow();
    assertEquals(AuditType.LOG_OPENED, first.type());
    assertEquals(OPERATOR, first.actor());
    assertEquals(ended.former(), first.subject().formerLog());
    assertTrue(first.outcome().detail().contains("5 leaves kept, 9 leaves signed"));
    sign(next, KEYS, NOW.plusSeconds(100));
    assertInstanceOf(AuditLog.Opening.Opened.class, open(store));
    assertInstanceOf(Finding.Continues.class, examine(store));
  }

  /** The same backup restored again: the store has forgotten the second log as well. */
  @Test
  void backupFromBeforeTheNewLog_isNoticedAndGetsAThird() throws IOException {
    Store once = restored();
    begin(once, assertInstanceOf(Finding.Ended.class, examine(once)));
    AuditLog second = assertInstanceOf(AuditLog.Opening.Opened.class, open(once)).log();
    sign(second, KEYS, NOW.plusSeconds(100));

    Store again = store(5, 9);
    AuditLog.Opening.BehindCheckpoint behind =
        assertInstanceOf(AuditLog.Opening.BehindCheckpoint.class, open(again));
    assertTrue(behind.reason().contains("gw-a/2 has signed"), behind.reason());
    Finding.Ended ended = assertInstanceOf(Finding.Ended.class, examine(again));
    assertEquals(ORIGIN.numbered(2), ended.former().origin());
    assertNull(ended.former().kept());
    assertEquals(1, Objects.requireNonNull(ended.former().signed()).size());
    assertEquals(ORIGIN.numbered(3), ended.next());
  }

  @Test
  void storeAndCheckpointRestored_areFoundByWhatAWitnessHolds() throws IOException {
    Store whole = store(5, 9);
    byte[] held = signed(whole);
    Store store = store(5);
    keep(signed(store));
    AuditLog log = assertInstanceOf(AuditLog.Opening.Opened.class, open(store)).log();
    assertInstanceOf(Finding.Continues.class, examine(store));

    Finding.Ended given = assertInstanceOf(Finding.Ended.class, examine(store, Optional.of(held)));
    log.keepWitnessed(SignedNote.parse(held).asNote().orElseThrow());
    Finding.Ended kept = assertInstanceOf(Finding.Ended.class, examine(store));

    assertEquals(given, kept);
    assertEquals(9, Objects.requireNonNull(kept.former().witnessed()).size());
    assertEquals(5, Objects.requireNonNull(kept.former().signed()).size());
    begin(store, kept);
    assertInstanceOf(AuditLog.Opening.Opened.class, open(store));
    assertInstanceOf(Finding.Continues.class, examine(store));
    assertThrows(IllegalStateException.class, () -> begin(store, kept));
  }

  @Test
  void checkpointOfAnotherKeyOrGateway_isRefused_andNotIgnored() throws IOException {
    Store store = store(5);
    keep(signed(store));
    SignedNote forged =
        new CheckpointSigner(
                ((AuditLog.Opening.Opened)
                        AuditLog.open(
                            new MemoryStore(),
                            directory.resolve("forged"),
                            AuditFixture.verifier(AuditFixture.pair(2))))
                    .log(),
                AuditFixture.pair(2),
                AuditFixture.SECOND)
            .sign(NOW)
            .orElseThrow();
    String text = new String(forged.encode(), java.nio.charset.StandardCharsets.UTF_8);
    byte[] renamed =
        text.replace("/gw-a\n", "/gw-b\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertGivenIsRefused("one of " + ORIGIN.line(), store, forged.encode());
    assertGivenIsRefused("one of " + ORIGIN.line().replace("gw-a", "gw-b"), store, renamed);
    assertGivenIsRefused("no checkpoint", store, new byte[] {1});
  }

  private void assertGivenIsRefused(String found, Store store, byte[] given) {
    String told =
        String.valueOf(
            assertThrows(StartProblem.class, () -> examine(store, Optional.of(given)))
                .getMessage());
    assertTrue(told.startsWith("--witnessed: found " + found), told);
    assertTrue(told.contains("; valid is a checkpoint of " + ORIGIN.line() + " or a later"), told);
  }

  @Test
  void successor_isHeldAgainstTheCheckpointThatAnAuditorKept() throws IOException {
    Store store = restored();
    Finding.Ended ended = assertInstanceOf(Finding.Ended.class, examine(store));
    Optional<AuditRecord> first = Optional.of(LogSuccession.firstRecord(NOW, OPERATOR, ended));
    LogOrigin next = ended.next();
    TreeHead signed = Objects.requireNonNull(ended.former().signed());
    Checkpoint kept = Checkpoint.of(ORIGIN.line(), signed.size(), signed.root());

    assertEquals(Optional.empty(), LogSuccession.fault(next, first, kept));
    assertEquals(
        Optional.empty(),
        LogSuccession.fault(next, first, Checkpoint.of(ORIGIN.line(), 3, MerkleTree.emptyRoot())));
    assertFault(
        "do not include the 10 under the kept checkpoint",
        LogSuccession.fault(next, first, Checkpoint.of(ORIGIN.line(), 10, signed.root())));
    assertFault(
        "do not include",
        LogSuccession.fault(
            next, first, Checkpoint.of(ORIGIN.line(), signed.size(), MerkleTree.emptyRoot())));
    LogOrigin other = new LogOrigin(ORIGIN.federation(), ORIGIN.agency(), new NodeName("gw-b"));
    assertFault(
        "follows entente/demo.entente.example/fr.customs/gw-a, not",
        LogSuccession.fault(next, first, Checkpoint.of(other.line(), 9, signed.root())));
    assertFault("does not open", LogSuccession.fault(next, Optional.empty(), kept));
    assertFault(
        "names no ended log",
        LogSuccession.fault(next, Optional.of(AuditFixture.record(new java.util.Random(1))), kept));
  }

  private static void assertFault(String words, Optional<String> fault) {
    assertTrue(fault.orElse("").contains(words), fault.toString());
  }
}
