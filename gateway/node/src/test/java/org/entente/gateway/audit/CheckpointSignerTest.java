package org.entente.gateway.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.audit.record.BucketSealer;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointCosigner;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.audit.tree.WitnessKeys;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSignature;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.FolderCopy;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.trust.AgencyKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints, and threat 49: a log set back or forked behind what it signed. */
class CheckpointSignerTest {

  private static final Instant NOW = AuditFixture.NOW;

  @TempDir Path directory;

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final BucketSealer sealer = new BucketSealer();

  @Test
  void maybeSign_grownLog_signsOnceAnInterval() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    CheckpointSigner signer = AuditFixture.signer(log);

    assertEquals(0, sizeOf(signer.maybeSign(NOW)));
    AuditFixture.grow(store, appender, 2);
    assertTrue(signer.maybeSign(NOW.plusMillis(999)).isEmpty());
    assertEquals(2, sizeOf(signer.maybeSign(NOW.plusMillis(1_000))));
    assertTrue(signer.maybeSign(NOW.plusSeconds(60)).isEmpty());
    AuditFixture.grow(store, appender, 1);
    assertEquals(3, sizeOf(signer.sign(NOW.plusMillis(1_001))));
  }

  /** A node that stops signs while its timer may be signing, too. */
  @Test
  void sign_fromTwoThreads_signsEachSizeOnce() throws Exception {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    CheckpointSigner signer = AuditFixture.signer(log);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int size = 1; size <= 100; size++) {
        AuditFixture.grow(store, appender, 1);
        CyclicBarrier both = new CyclicBarrier(2);
        Callable<Optional<SignedNote>> signing =
            () -> {
              both.await();
              return signer.sign(NOW);
            };

        List<Future<Optional<SignedNote>>> done = threads.invokeAll(List.of(signing, signing));

        assertTrue(done.get(0).get().isPresent() ^ done.get(1).get().isPresent());
        assertEquals(size, log.signed().orElseThrow().checkpoint().size());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void maybeSign_clockSetBack_signsWithoutStatingAnEarlierTime() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    CheckpointSigner signer = AuditFixture.signer(log);
    AuditFixture.grow(store, appender, 1);
    signer.maybeSign(NOW);
    AuditFixture.grow(store, appender, 1);

    assertEquals(2, sizeOf(signer.maybeSign(NOW.minusSeconds(3_600))));

    assertEquals(NOW.getEpochSecond(), log.signed().orElseThrow().seconds());
  }

  /** As the time by which a gateway signs does at the end of the trust bundle's grace. */
  @Test
  void maybeSign_clockThatStandsStill_goesOn() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    CheckpointSigner signer = AuditFixture.signer(log);
    for (int size = 1; size <= 3; size++) {
      AuditFixture.grow(store, appender, 1);
      assertEquals(size, sizeOf(signer.maybeSign(NOW)));
    }
  }

  @Test
  void checkpoint_signed_isInStoreAndFileAndVerifies() throws IOException {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory.resolve("apart"));
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), 5);

    SignedNote note = AuditFixture.signer(log).maybeSign(NOW).orElseThrow();

    Checkpoint checkpoint = Checkpoint.parse(note.text()).orElseThrow();
    assertEquals("entente/demo.entente.example/fr.customs/gw-a", checkpoint.origin());
    assertEquals(log.head(), new TreeHead(checkpoint.size(), checkpoint.root()));
    assertEquals(2, note.signatures().size());
    assertArrayEquals(note.encode(), store.get(Table.META, AuditFixture.FIRST_LOG.checkpointKey()));
    assertArrayEquals(
        note.encode(), Files.readAllBytes(directory.resolve("apart").resolve("checkpoint")));
    assertEquals(Optional.of(note), log.checkpoint());
    assertEquals(
        Optional.of(note), AuditFixture.open(store, directory.resolve("apart")).checkpoint());
  }

  /** A machine of a cluster that led before the pair was replaced, and destroyed. */
  @Test
  void checkpointFile_ofAPairThatIsGone_givesWayToTheStoreThatContinuesIt() {
    Store store = new MemoryStore(disk);
    Path first = directory.resolve("first");
    AuditLog log = AuditFixture.open(store, first);
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), 3);
    AuditFixture.signer(log).sign(NOW);
    SigningPair next = AuditFixture.pair(2);
    Path second = directory.resolve("second");
    new StoredLog(store, second, 1).followCheckpoint();
    AuditLog other = opened(store, second, AuditFixture.verifier(AuditFixture.KEYS, next));
    AuditFixture.grow(store, AuditFixture.appender(other, sealer), 2);
    new CheckpointSigner(other, next, AuditFixture.SECOND).sign(NOW.plusSeconds(1));

    new StoredLog(store, first, 1).followCheckpoint();

    AuditLog again = opened(store, first, AuditFixture.verifier(next));
    assertEquals(other.checkpoint(), again.checkpoint());
  }

  private static AuditLog opened(Store store, Path directory, CheckpointVerifier verifier) {
    AuditLog.Opening opening = AuditLog.open(store, directory, verifier);
    return assertInstanceOf(AuditLog.Opening.Opened.class, opening, opening::toString).log();
  }

  @Test
  void checkpointFile_thatTheStoreDoesNotContinue_stays() {
    Store lost = new MemoryStore(disk);
    Path first = directory.resolve("first");
    AuditLog log = AuditFixture.open(lost, first);
    AuditFixture.grow(lost, AuditFixture.appender(log, sealer), 5);
    SignedNote signed = AuditFixture.signer(log).sign(NOW).orElseThrow();
    Store store = new MemoryStore(new MemoryStore.Disk());
    AuditLog other = AuditFixture.open(store, directory.resolve("second"));
    Appender appender = AuditFixture.appender(other, sealer);
    for (int round = 0; round < 3; round++) {
      AuditFixture.grow(store, appender, 4);
      AuditFixture.signer(other).sign(NOW);

      new StoredLog(store, first, 1).followCheckpoint();

      AuditLog.Opening opening = AuditLog.open(store, first, AuditFixture.VERIFIER);
      assertEquals(
          signed.text(),
          assertInstanceOf(AuditLog.Opening.BehindCheckpoint.class, opening).checkpoint().text());
    }
  }

  @Test
  void checkpoint_oneSignatureOfThePairMissing_isRefused() {
    SignedNote note = signedNote(AuditFixture.ORIGIN.keyName());
    for (int i = 0; i < 2; i++) {
      byte[] half = SignedNote.of(note.text(), List.of(note.signatures().get(i))).encode();
      assertRefused("lacks", AuditFixture.VERIFIER.check(half));
    }
    assertInstanceOf(CheckpointCheck.Signed.class, AuditFixture.VERIFIER.check(note.encode()));
  }

  /** Neither half alone can move the time at which a log signed. */
  @Test
  void checkpoint_whoseTimeIsChangedInOneHalfOrBoth_isRefused() {
    SignedNote note = signedNote(AuditFixture.ORIGIN.keyName());
    SignedNote later = signedNote(AuditFixture.ORIGIN.keyName(), NOW.plusSeconds(1));
    for (int half = 0; half < 2; half++) {
      NoteSignature line = note.signatures().get(half);
      NoteSignature other = note.signatures().get(1 - half);
      assertRefused(
          "does not verify",
          AuditFixture.VERIFIER.check(
              SignedNote.of(note.text(), List.of(moved(line), other)).encode()));
      // The log signed both, at two times: one half of each.
      assertRefused(
          "state one time",
          AuditFixture.VERIFIER.check(
              SignedNote.of(note.text(), List.of(later.signatures().get(half), other)).encode()));
    }
    List<NoteSignature> both = note.signatures().stream().map(CheckpointSignerTest::moved).toList();
    assertRefused(
        "does not verify", AuditFixture.VERIFIER.check(SignedNote.of(note.text(), both).encode()));
    // Type 01 signs the text alone.
    NoteKeyName name = AuditFixture.ORIGIN.keyName();
    NoteSignature untimed =
        NoteSigner.ed25519(name, AuditFixture.KEYS.ed25519()).sign(note.text(), NOW);
    assertRefused(
        "lacks",
        AuditFixture.VERIFIER.check(
            SignedNote.of(note.text(), List.of(untimed, note.signatures().get(1))).encode()));
  }

  /** The line with another time under the same name and key id. */
  private static NoteSignature moved(NoteSignature line) {
    byte[] signature = line.signature();
    signature[Long.BYTES - 1]++;
    byte[] blob =
        ByteBuffer.allocate(4 + signature.length).putInt(line.keyId()).put(signature).array();
    String text = "\u2014 " + line.name() + ' ' + Base64.getEncoder().encodeToString(blob);
    byte[] note = ("a text\n\n" + text + '\n').getBytes(StandardCharsets.UTF_8);
    return SignedNote.parse(note).asNote().orElseThrow().signatures().get(0);
  }

  @Test
  void cosignature_whoseHalvesStateTwoTimes_doesNotCount() {
    SignedNote note = signedNote(AuditFixture.ORIGIN.keyName());
    AgencyName witness = new AgencyName("de.customs");
    CheckpointCosigner cosigner =
        new CheckpointCosigner(AuditFixture.ORIGIN.federation(), witness, AuditFixture.pair(2));
    Checkpoint checkpoint = Checkpoint.parse(note.text()).orElseThrow();
    List<NoteSignature> now = cosigner.cosign(checkpoint, NOW);
    List<NoteSignature> later = cosigner.cosign(checkpoint, NOW.plusSeconds(1));
    WitnessKeys keys =
        new WitnessKeys(
            AuditFixture.ORIGIN.federation(),
            witness,
            List.of(AuditFixture.pair(2).verifyingPair()));
    assertTrue(keys.find(note.with(now)).isPresent());
    assertTrue(keys.find(note.with(List.of(now.get(0), later.get(1)))).isEmpty());
    assertTrue(keys.find(note.with(List.of(later.get(0), now.get(1)))).isEmpty());
    assertTrue(keys.find(note.with(List.of(moved(now.get(0)), now.get(1)))).isEmpty());
  }

  @Test
  void checkpoint_halvesOfTwoPairs_isRefused() {
    CheckpointVerifier both = AuditFixture.verifier(AuditFixture.pair(1), AuditFixture.pair(2));
    NoteKeyName name = AuditFixture.ORIGIN.keyName();
    String text = signedNote(name).text();
    SignedNote mixed =
        SignedNote.of(
            text,
            List.of(
                NoteSigner.ed25519Cosignature(name, AuditFixture.pair(1).ed25519()).sign(text, NOW),
                NoteSigner.mlDsa44Cosignature(name, AuditFixture.pair(2).mlDsa44())
                    .sign(text, NOW)));
    assertRefused("lacks", both.check(mixed.encode()));
  }

  @Test
  void checkpoint_ofAnotherLogOrWithExtensions_isRefused() {
    String other = Checkpoint.of("entente/x/y/z", 1, MerkleTree.emptyRoot()).text();
    assertRefused("another log", AuditFixture.VERIFIER.check(sign(other)));
    String origin = AuditFixture.ORIGIN.line();
    String extended = new Checkpoint(origin, 1, MerkleTree.emptyRoot(), List.of("more")).text();
    assertRefused("extension", AuditFixture.VERIFIER.check(sign(extended)));
    String emptyWithRoot = Checkpoint.of(origin, 0, MerkleTree.leafHash(new byte[0])).text();
    assertRefused("empty log", AuditFixture.VERIFIER.check(sign(emptyWithRoot)));
    assertRefused("not a checkpoint", AuditFixture.VERIFIER.check(sign("text\n")));
    assertRefused("not a signed note", AuditFixture.VERIFIER.check(new byte[] {1}));
  }

  @Test
  void signer_keysThatTheLogDoesNotKnow_throwsBeforeAnythingIsStored() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    CheckpointSigner signer = new CheckpointSigner(log, AuditFixture.pair(9), AuditFixture.SECOND);
    assertThrows(IllegalStateException.class, () -> signer.maybeSign(NOW));
    assertTrue(log.checkpoint().isEmpty());
    assertFalse(Files.exists(directory.resolve("checkpoint")));
  }

  @Test
  void keys_rotated_logContinuesUnderBoth() {
    Store store = new MemoryStore(disk);
    AuditLog old = AuditFixture.open(store, directory);
    AuditFixture.grow(store, AuditFixture.appender(old, sealer), 2);
    AuditFixture.signer(old).sign(NOW);

    CheckpointVerifier both = AuditFixture.verifier(AuditFixture.pair(2), AuditFixture.KEYS);
    AuditLog log = opened(AuditLog.open(store, directory, both));
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), 1);
    new CheckpointSigner(log, AuditFixture.pair(2), AuditFixture.SECOND).sign(NOW);

    assertEquals(3, opened(AuditLog.open(store, directory, both)).head().size());
    assertInstanceOf(
        AuditLog.Opening.Damaged.class, AuditLog.open(store, directory, AuditFixture.VERIFIER));
  }

  /** A thief of a pair whose validity has ended signs a log or a backup with it. */
  @Test
  void checkpoint_atATimeOutsideThePairsValidity_isRefused() {
    SignedNote note = signedNote(AuditFixture.ORIGIN.keyName());
    Instant from = NOW.minusSeconds(10);
    VerifyingPair pair = AuditFixture.KEYS.verifyingPair();
    AgencyKey inForce = AgencyKey.of(pair, from, NOW);
    AgencyKey ended = AgencyKey.of(pair, from, NOW.minusSeconds(1));
    byte[] bytes = note.encode();
    assertInstanceOf(
        CheckpointCheck.Signed.class,
        CheckpointVerifier.of(AuditFixture.ORIGIN, List.of(inForce)).check(bytes));
    CheckpointVerifier late = CheckpointVerifier.of(AuditFixture.ORIGIN, List.of(ended));
    assertRefused("was not valid at the time that it states, " + NOW, late.check(bytes));
    assertEquals(List.of(), late.signers(bytes));
    assertRefused("was not valid", late.with(AuditFixture.pair(2).verifyingPair()).check(bytes));
    assertInstanceOf(CheckpointCheck.Signed.class, late.with(pair).check(bytes));
  }

  @Test
  void signWith_anotherPairWhileRunning_signsAndKnowsItFromThereOn() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    CheckpointSigner signer = AuditFixture.signer(log);
    AuditFixture.grow(store, appender, 1);
    signer.sign(NOW);

    signer.signWith(AuditFixture.pair(2));
    AuditFixture.grow(store, appender, 1);
    byte[] note = signer.sign(NOW.plusSeconds(1)).orElseThrow().encode();

    assertInstanceOf(
        CheckpointCheck.Signed.class, AuditFixture.verifier(AuditFixture.pair(2)).check(note));
    assertRefused("no signature of a known key", AuditFixture.VERIFIER.check(note));
  }

  @Test
  void sign_fileCannotBeWritten_throwsAndTheNextCallSucceeds() throws IOException {
    Path blocked = directory.resolve("audit");
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, blocked);
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), 2);
    CheckpointSigner signer = AuditFixture.signer(log);
    Files.writeString(blocked, "a file where the directory should be");

    assertThrows(UncheckedIOException.class, () -> signer.maybeSign(NOW));
    assertTrue(log.checkpoint().isEmpty());
    Files.delete(blocked);

    assertEquals(2, sizeOf(signer.maybeSign(NOW)));
    assertEquals(2, AuditFixture.open(store, blocked).head().size());
  }

  @Test
  void store_restoredFromOlderCopy_isBehindItsCheckpoint() throws IOException {
    Path live = directory.resolve("store");
    Path backup = directory.resolve("backup");
    Path audit = directory.resolve("audit");
    growRocks(live, audit, 4);
    FolderCopy.of(live, backup);
    growRocks(live, audit, 3);

    try (Store store = RocksStore.open(backup, RocksOptions.defaults())) {
      AuditLog.Opening opening = AuditLog.open(store, audit, AuditFixture.VERIFIER);
      AuditLog.Opening.BehindCheckpoint behind =
          assertInstanceOf(AuditLog.Opening.BehindCheckpoint.class, opening);
      assertEquals(4, behind.treeSize());
      assertEquals(7, behind.checkpoint().size());
      assertTrue(behind.reason().contains("4 leaves"), behind.reason());
    }
    try (Store store = RocksStore.open(live, RocksOptions.defaults())) {
      assertEquals(7, AuditFixture.open(store, audit).head().size());
    }
  }

  @Test
  void store_restoredAndGrownPastTheCheckpoint_isAFork() throws IOException {
    Path live = directory.resolve("store");
    Path backup = directory.resolve("backup");
    Path audit = directory.resolve("audit");
    Path elsewhere = directory.resolve("elsewhere");
    growRocks(live, audit, 4);
    FolderCopy.of(live, backup);
    FolderCopy.of(audit, elsewhere);
    growRocks(live, audit, 3);
    growRocks(backup, elsewhere, 6);

    try (Store store = RocksStore.open(backup, RocksOptions.defaults())) {
      AuditLog.Opening opening = AuditLog.open(store, audit, AuditFixture.VERIFIER);
      AuditLog.Opening.BehindCheckpoint fork =
          assertInstanceOf(AuditLog.Opening.BehindCheckpoint.class, opening);
      assertTrue(fork.reason().contains("differ from those that were signed"), fork.reason());
    }
  }

  @Test
  void contradiction_witnessHoldsMoreOrOther_isTold() {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), 3);
    String origin = AuditFixture.ORIGIN.line();
    TreeHead head = log.head();

    assertTrue(log.contradiction(Checkpoint.of(origin, 3, head.root())).isEmpty());
    assertTrue(log.contradiction(Checkpoint.of(origin, 0, MerkleTree.emptyRoot())).isEmpty());
    assertTrue(log.contradiction(Checkpoint.of(origin, 4, head.root())).isPresent());
    assertTrue(log.contradiction(Checkpoint.of(origin, 2, head.root())).isPresent());
    assertTrue(log.contradiction(Checkpoint.of("other", 3, head.root())).isPresent());
  }

  @Test
  void powerCut_underWeakerDurability_losesNoSignedLeaf() {
    MemoryStore store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    CheckpointSigner signer = AuditFixture.signer(log);
    for (int round = 1; round <= 3; round++) {
      appendBuffered(store, appender);
      signer.sign(NOW.plusSeconds(round));
    }
    appendBuffered(store, appender);
    assertEquals(4, log.head().size());

    disk.cutPower();

    assertEquals(3, AuditFixture.open(new MemoryStore(disk), directory).head().size());
  }

  private static void appendBuffered(Store store, Appender appender) {
    Batch batch = store.batch();
    appender.append(batch, AuditFixture.records(1, 1));
    store.commit(batch, Durability.BUFFERED);
    appender.committed();
  }

  @Test
  void crash_betweenTheTwoCopies_opensWithTheNewer() throws IOException {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    Appender appender = AuditFixture.appender(log, sealer);
    CheckpointSigner signer = AuditFixture.signer(log);
    Path file = directory.resolve("checkpoint");
    AuditFixture.grow(store, appender, 2);
    byte[] first = signer.sign(NOW).orElseThrow().encode();
    AuditFixture.grow(store, appender, 2);
    signer.sign(NOW.plusSeconds(1));

    // Later checkpoints reach the store first.
    Files.write(file, first);
    assertEquals(4, AuditFixture.open(store, directory).signed().orElseThrow().checkpoint().size());
    // The first reaches the file first.
    store.commit(
        store.batch().delete(Table.META, AuditFixture.FIRST_LOG.checkpointKey()),
        Durability.SYNCED);
    assertEquals(2, AuditFixture.open(store, directory).signed().orElseThrow().checkpoint().size());
  }

  @Test
  void file_missingOrChanged_keepsTheLogShut() throws IOException {
    Store store = new MemoryStore(disk);
    AuditLog log = AuditFixture.open(store, directory);
    AuditFixture.grow(store, AuditFixture.appender(log, sealer), 2);
    byte[] note = AuditFixture.signer(log).sign(NOW).orElseThrow().encode();
    Path file = directory.resolve("checkpoint");

    byte[] changed = note.clone();
    changed[changed.length / 2] ^= 1;
    Files.write(file, changed);
    assertDamaged(store, "refused");
    Files.write(file, new byte[0]);
    assertDamaged(store, "refused");
    Files.write(file, new byte[SignedNote.MAX_BYTES + 10]);
    assertDamaged(store, "longer than");
    Files.delete(file);
    assertDamaged(store, "missing");
  }

  private void assertDamaged(Store store, String why) {
    AuditLog.Opening opening = AuditLog.open(store, directory, AuditFixture.VERIFIER);
    String reason = assertInstanceOf(AuditLog.Opening.Damaged.class, opening).reason();
    assertTrue(reason.contains(why), reason);
  }

  private void growRocks(Path directoryOfStore, Path audit, int leaves) {
    try (Store store = RocksStore.open(directoryOfStore, RocksOptions.defaults())) {
      AuditLog log = AuditFixture.open(store, audit);
      AuditFixture.grow(store, AuditFixture.appender(log, sealer), leaves);
      AuditFixture.signer(log).sign(NOW);
    }
  }

  private static SignedNote signedNote(NoteKeyName name) {
    return signedNote(name, NOW);
  }

  private static SignedNote signedNote(NoteKeyName name, Instant at) {
    String text = Checkpoint.of(name.value(), 1, MerkleTree.leafHash(new byte[1])).text();
    return SignedNote.parse(sign(text, at)).asNote().orElseThrow();
  }

  private static byte[] sign(String text) {
    return sign(text, NOW);
  }

  private static byte[] sign(String text, Instant at) {
    NoteKeyName name = AuditFixture.ORIGIN.keyName();
    NoteSigner quantum = NoteSigner.mlDsa44Cosignature(name, AuditFixture.KEYS.mlDsa44());
    String cosigned =
        Checkpoint.parse(text).isPresent()
            ? text
            : AuditFixture.ORIGIN + "\n0\n" + MerkleTree.emptyRoot().base64() + "\n";
    return SignedNote.of(
            text,
            List.of(
                NoteSigner.ed25519Cosignature(name, AuditFixture.KEYS.ed25519()).sign(cosigned, at),
                quantum.sign(cosigned, at)))
        .encode();
  }

  private static AuditLog opened(AuditLog.Opening opening) {
    return assertInstanceOf(AuditLog.Opening.Opened.class, opening, opening::toString).log();
  }

  private static long sizeOf(Optional<SignedNote> note) {
    return Checkpoint.parse(note.orElseThrow().text()).orElseThrow().size();
  }

  private static void assertRefused(String why, CheckpointCheck check) {
    String reason = assertInstanceOf(CheckpointCheck.Refused.class, check).reason();
    assertTrue(reason.contains(why), reason);
  }
}
