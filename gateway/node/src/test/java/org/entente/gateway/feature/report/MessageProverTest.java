package org.entente.gateway.feature.report;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.entente.gateway.feature.report.AccountBench.AUDITOR;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.proof.LogProof;
import org.entente.gateway.audit.proof.MessageProof;
import org.entente.gateway.audit.proof.ProofVerdict;
import org.entente.gateway.audit.proof.ProofVerdict.Fails;
import org.entente.gateway.audit.proof.ProofVerdict.Holds;
import org.entente.gateway.audit.proof.ProofVerdict.Part;
import org.entente.gateway.audit.proof.ProofVerifier;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.record.MessagePath;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proofs of messages: that they hold, and that none holds whose parts do not belong together. */
class MessageProverTest {
  private final TestFederation federation =
      new TestFederation(Instant.parse("2026-03-01T08:00:00Z"));
  @AutoClose private final AccountBench fr;

  @TempDir private Path other;

  MessageProverTest(@TempDir Path folder) {
    fr = new AccountBench(federation, FR, folder);
  }

  private ProofVerdict verify(byte[] file) {
    return verify(federation, file, OptionalInt.empty(), fr.now);
  }

  private static ProofVerdict verify(
      TestFederation roots, byte[] file, OptionalInt witnesses, Instant now) {
    return new ProofVerifier(roots.trustRoots(), witnesses).verify(file, now);
  }

  private static void assertFails(Part part, String reason, ProofVerdict verdict) {
    Fails fails = assertInstanceOf(Fails.class, verdict);
    assertEquals(part, fails.part(), fails.reason());
    assertTrue(fails.reason().contains(reason), fails.reason());
  }

  private MessageProof proof(MessageId id) {
    return MessageProof.parse(fr.prove(id)).orElseThrow();
  }

  private static byte[] with(
      MessageProof proof,
      MessageProof.SignedHeader envelope,
      MessageProof.Voucher voucher,
      byte[] bundle,
      LogProof leaf) {
    return new MessageProof(proof.message(), proof.path(), envelope, voucher, bundle, leaf)
        .encode();
  }

  @Test
  void acceptedMessage_isProvedByTheFileAlone() {
    fr.accept(1, SG);
    List<MessageId> ids = fr.accept(3, DE, SG);
    fr.sign("de.customs");

    byte[] file = fr.prove(ids.get(1));

    Holds holds = assertInstanceOf(Holds.class, verify(file));
    assertEquals(ids.get(1), holds.message());
    assertEquals(AuditType.ACCEPTED, holds.record().type());
    assertEquals(List.of(DE, SG), holds.record().subject().agencies());
    assertEquals(List.of(DE), holds.witnesses());
    assertEquals(1, holds.index());
    assertEquals(3, holds.header().count());
    assertTrue(AccountBench.speaksOf(holds.record(), holds.header().hash()));
    Instant later = fr.now.plus(Duration.ofDays(3650));
    assertInstanceOf(Holds.class, verify(federation, file, OptionalInt.empty(), later));
  }

  @Test
  void receivedMessage_isProvedByItsRecipient_withoutAnotherWitness() {
    try (AccountBench de = new AccountBench(federation, DE, other)) {
      MessageId id = de.receive(2).get(1);
      de.sign();

      byte[] file = de.prove(id);

      Holds holds =
          assertInstanceOf(Holds.class, verify(federation, file, OptionalInt.empty(), de.now));
      assertEquals(AuditType.RECEIVED, holds.record().type());
      assertEquals(FR, holds.header().facts().origin());
      assertEquals(List.of(), holds.witnesses());
      assertFails(
          Part.WITNESSES,
          "cosignatures: 0 of 0 witnesses; 1 required",
          verify(federation, file, OptionalInt.of(1), de.now));
    }
  }

  @Test
  void proof_isItselfOnRecordAndParsesToItsOwnBytes() {
    MessageId id = fr.accept(1, DE).get(0);
    fr.sign("de.customs");

    byte[] file = fr.prove(id);

    List<LogArchive.Place> about = fr.about(id);
    AuditRecord last = fr.archive.record(about.get(about.size() - 1)).orElseThrow();
    assertEquals(AuditType.OPERATOR_ACTION, last.type());
    assertEquals(AUDITOR, last.actor());
    assertEquals("proof given", last.outcome().detail());
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        file, MessageProof.parse(file).orElseThrow().encode());
  }

  private void assertRefused(Code code, String reason, MessageId id) {
    Result<byte[]> answer = fr.proving.prove(AUDITOR, id, Optional.empty(), () -> {});
    Result.Refused<?> refused = assertInstanceOf(Result.Refused.class, answer);
    assertEquals(code, refused.problem().code());
    assertTrue(refused.problem().message().contains(reason), refused.problem().message());
  }

  @Test
  void messageNotYetCosignedUnknownOrForgotten_isRefusedWithTheReason() {
    MessageId early = fr.accept(1, DE).get(0);
    fr.sign();
    assertRefused(Code.NOT_READY, "no cosigned checkpoint", early);
    fr.sign("de.customs");
    MessageId late = fr.accept(1, DE).get(0);
    fr.sign();
    assertRefused(Code.NOT_READY, "no cosigned checkpoint covers", late);
    fr.prove(early);

    assertRefused(
        Code.NOT_FOUND, "no readable record", MessageId.fresh(1, new java.util.Random(1)));
    fr.storageKeys.days().forEach(fr.storageKeys::destroy);
    assertRefused(Code.NOT_FOUND, "no readable record", early);
  }

  @Test
  void messageInTwoEnvelopes_needsARecipient() {
    MessageId id = fr.accept(1, DE).get(0);
    fr.record(
        AuditRecord.of(
            AuditType.ACCEPTED,
            LawCategory.DISCLOSURE,
            fr.now,
            AUDITOR,
            new org.entente.gateway.audit.record.AuditSubject(
                null, List.of(id), List.of(SG), null)));
    fr.sign("de.customs");

    assertRefused(Code.INVALID_FIELD, "2 envelopes, to [[de.customs], [sg.police]]", id);
    assertInstanceOf(Result.Done.class, fr.proving.prove(AUDITOR, id, Optional.of(DE), () -> {}));
  }

  /** Clients can open a message a thousand times a second, for years. */
  @Test
  void messageOfManyLeaves_isProvedByTheFirstOfThem_andTheOthersAreNotOpened() {
    MessageId id = fr.accept(1, DE).get(0);
    openings(id, 5_000);
    fr.sign("de.customs");
    fr.opened.set(0);
    AtomicInteger further = new AtomicInteger();

    Result<byte[]> file = fr.proving.prove(AUDITOR, id, Optional.empty(), further::incrementAndGet);

    assertInstanceOf(Holds.class, verify(Results.value(file)));
    assertTrue(fr.opened.get() < NextPlaces.MOST + 10, fr.opened + " leaves opened");
    assertEquals(0, further.get());
  }

  @Test
  void messageThatWasNeverSent_costsAFurtherPrice_forEachThousandLeavesAboutIt() {
    MessageId id = MessageId.fresh(fr.now.toEpochMilli(), new SecureRandom());
    openings(id, 2_500);
    fr.opened.set(0);
    List<Integer> openedWhenPaid = new ArrayList<>();

    Result<byte[]> answer =
        fr.proving.prove(AUDITOR, id, Optional.empty(), () -> openedWhenPaid.add(fr.opened.get()));

    assertEquals(Code.NOT_FOUND, Results.problem(answer).code());
    assertEquals(List.of(1_000, 2_000), openedWhenPaid);
    assertEquals(2_500, fr.opened.get());
  }

  private void openings(MessageId id, int count) {
    AuditRecord opened =
        AuditRecord.of(
            AuditType.OPENED,
            LawCategory.CONSULTATION,
            fr.now,
            AUDITOR,
            new org.entente.gateway.audit.record.AuditSubject(
                null, List.of(id), List.of(FR), null));
    fr.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < count; i++) {
            tx.audit(opened);
          }
          return id;
        });
  }

  @Test
  void header_ofAnotherEnvelope_isRefused() {
    MessageProof one = proofs()[0];
    MessageProof two = proofs()[1];
    byte[] swapped = with(one, two.envelope(), one.voucher(), one.bundle(), one.leaf());
    assertFails(Part.HEADER, "its hash or envelope id differs", verify(swapped));
    byte[] signature =
        with(
            one,
            new MessageProof.SignedHeader(one.envelope().header(), two.envelope().signature()),
            one.voucher(),
            one.bundle(),
            one.leaf());
    assertFails(Part.SIGNATURE, "gateway gw-1", verify(signature));
  }

  private MessageProof[] proofs() {
    MessageId first = fr.accept(1, DE).get(0);
    MessageId second = fr.accept(1, SG).get(0);
    fr.sign("de.customs");
    return new MessageProof[] {proof(first), proof(second)};
  }

  @Test
  void leaf_ofAnotherMessage_isRefused() {
    MessageProof[] both = proofs();
    byte[] swapped =
        with(both[0], both[0].envelope(), both[0].voucher(), both[0].bundle(), both[1].leaf());
    assertFails(Part.RECORD, "does not name message", verify(swapped));

    MessageId other = fr.accept(1, SG).get(0);
    byte[] renamed =
        new MessageProof(
                other,
                both[0].path(),
                both[0].envelope(),
                both[0].voucher(),
                both[0].bundle(),
                both[0].leaf())
            .encode();
    assertFails(Part.RECORD, "it does not name message " + other, verify(renamed));
  }

  private byte[] with(MessageProof proof, MessageId id, byte[] path) {
    return new MessageProof(
            id,
            MessagePath.parse(path).orElseThrow(),
            proof.envelope(),
            proof.voucher(),
            proof.bundle(),
            proof.leaf())
        .encode();
  }

  @Test
  void path_thatIsChangedInAnyByteOrOfAnotherMessage_isRefused() {
    List<MessageId> ids = fr.accept(5, DE);
    fr.sign("de.customs");
    MessageProof proof = proof(ids.get(1));
    byte[] path = proof.path().encode();
    assertInstanceOf(Holds.class, verify(with(proof, ids.get(1), path)));
    for (int i = 0; i < path.length; i++) {
      byte[] changed = path.clone();
      changed[i] ^= 1;
      assertFails(Part.RECORD, "does not name message", verify(with(proof, ids.get(1), changed)));
    }
    byte[] other = proof(ids.get(2)).path().encode();
    assertFails(Part.RECORD, "does not name message", verify(with(proof, ids.get(1), other)));
    assertFails(Part.RECORD, "does not name message", verify(with(proof, ids.get(2), path)));
    byte[] shorter = Arrays.copyOf(path, path.length - 32);
    assertFails(Part.RECORD, "does not name message", verify(with(proof, ids.get(1), shorter)));
    byte[] blindOnly = Arrays.copyOf(path, 36);
    assertFails(Part.RECORD, "does not name message", verify(with(proof, ids.get(1), blindOnly)));
  }

  @Test
  void proof_ofOneMessage_neitherNamesTheOthersNorConfirmsGuesses() {
    List<MessageId> ids = fr.accept(4, DE, SG);
    fr.sign("de.customs");
    MessageProof proof = proof(ids.get(1));
    byte[] all = everything(proof);
    assertTrue(hexOf(all).contains(ids.get(1).toString()), "what it proves");

    Set<String> words = words(all);
    for (MessageId hidden : List.of(ids.get(0), ids.get(2), ids.get(3))) {
      assertFalse(hexOf(all).contains(hidden.toString()), hidden::toString);
      for (String word : words) {
        assertFalse(confirms(words, bytes(word), hidden), hidden::toString);
      }
    }
    // The search does find what the whole leaf gives away.
    byte[] seed = fr.archive.opening(fr.about(ids.get(1)).get(0)).orElseThrow().seed();
    assertTrue(confirms(words, seed, ids.get(0)), "the sibling in the path");
  }

  /** Whether a guessed id is confirmed by what was shown, with a secret as blind or as seed. */
  private static boolean confirms(Set<String> shown, byte[] secret, MessageId guess) {
    List<byte[]> blinds = new ArrayList<>(List.of(new byte[0], secret));
    for (int place = 0; place < 4; place++) {
      byte[] info = ("entente/v1 leaf message\0\0\0" + (char) place).getBytes(US_ASCII);
      blinds.add(Hkdf.expandSha256(secret, info, 32));
    }
    return blinds.stream()
        .map(blind -> ByteBuffer.allocate(blind.length + 16).put(blind).put(guess.bytes()).array())
        .anyMatch(data -> shown.contains(MerkleTree.leafHash(data).toString()));
  }

  /** The parts of a proof that depend on its message. */
  private static byte[] everything(MessageProof proof) {
    ByteBuffer all = ByteBuffer.allocate(4096);
    all.put(proof.message().bytes())
        .put(proof.path().encode())
        .put(proof.envelope().header())
        .put(proof.envelope().signature())
        .put(proof.leaf().opening().orElseThrow().encode());
    return Arrays.copyOf(all.array(), all.position());
  }

  /** Every 32 bytes that follow each other. */
  private static Set<String> words(byte[] bytes) {
    Set<String> words = new HashSet<>();
    for (int i = 0; i + 32 <= bytes.length; i++) {
      words.add(hexOf(Arrays.copyOfRange(bytes, i, i + 32)));
    }
    return words;
  }

  private static String hexOf(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void leafThatSaysSomethingElse_provesNoMessage() {
    MessageProof proof = proofs()[0];
    fr.record(
        AuditRecord.of(
            AuditType.RECALLED,
            LawCategory.ERASURE,
            fr.now,
            AUDITOR,
            new org.entente.gateway.audit.record.AuditSubject(
                null, List.of(proof.message()), List.of(), null)));
    SignedNote note = fr.sign("de.customs");
    List<LogArchive.Place> about = fr.about(proof.message());
    LogProof recalled = fr.archive.prove(about.get(about.size() - 1), note).orElseThrow();

    assertFails(
        Part.RECORD,
        "expected ACCEPTED or RECEIVED, found RECALLED",
        verify(with(proof, proof.envelope(), proof.voucher(), proof.bundle(), recalled)));
  }

  /** The file with other lines in its last part. */
  private static byte[] with(MessageProof proof, SignedNote checkpoint) {
    String whole = new String(proof.encode(), StandardCharsets.UTF_8);
    String old = new String(proof.leaf().checkpoint().encode(), StandardCharsets.UTF_8);
    String next = new String(checkpoint.encode(), StandardCharsets.UTF_8);
    return whole.replace(old, next).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void checkpoint_ofAnotherLog_isRefused() {
    MessageProof proof = proofs()[0];
    try (AccountBench de = new AccountBench(federation, DE, other)) {
      de.receive(1);
      de.receive(1);
      assertFails(
          Part.LEAF, "does not contain the leaf at index 0", verify(with(proof, de.sign())));
    }
    TestFederation strangers = new TestFederation(federation.start());
    try (AccountBench stranger = new AccountBench(strangers, FR, other.resolve("stranger"))) {
      stranger.accept(1, DE);
      stranger.accept(1, DE);
      assertFails(
          Part.CHECKPOINT, "no signature of a known key", verify(with(proof, stranger.sign())));
    }
  }

  @Test
  void bundle_ofAnotherFederation_isRefused() {
    MessageProof proof = proofs()[0];
    TestFederation strangers = new TestFederation(federation.start());
    byte[] theirs = strangers.bundle(strangers.content(1)).noteBytes();

    byte[] swapped = with(proof, proof.envelope(), proof.voucher(), theirs, proof.leaf());

    assertFails(Part.TRUST_BUNDLE, "", verify(swapped));
    assertFails(Part.CHECKPOINT, "", verify(strangers, swapped, OptionalInt.empty(), fr.now));
    assertFails(
        Part.TRUST_BUNDLE, "", verify(strangers, proof.encode(), OptionalInt.empty(), fr.now));
  }

  @Test
  void bundle_expiredBeforeTheCheckpoint_isRefused() {
    MessageId id = fr.accept(1, DE).get(0);
    fr.now = federation.start().plus(TestFederation.LIFETIME).plus(Duration.ofDays(4));
    SignedNote late = fr.sign("de.customs");
    List<LogArchive.Place> about = fr.about(id);
    assertTrue(fr.archive.prove(about.get(0), late).isPresent());
    // Keys of the bundle end with it, so it is they that are named.
    assertRefused(Code.NOT_FOUND, "checkpoint: ", id);
  }

  /** For a moment after a change of keys, the last cosigned checkpoint bears the former ones. */
  @Test
  void checkpoint_underFormerKeys_isNotReady_unlessItsLogHasEnded() {
    MessageId id = fr.accept(1, DE).get(0);
    fr.sign("de.customs");
    TestFederation changed = new TestFederation(federation.start());
    fr.bundle = changed.bundle(changed.content(1));
    assertRefused(Code.NOT_READY, "checkpoint: ", id);
    fr.endLog();
    assertRefused(Code.NOT_FOUND, "checkpoint: ", id);
  }

  @Test
  void cosignatures_tooFewMissingOrOfNoWitness_areRefused() {
    MessageProof proof = proofs()[0];
    SignedNote cosigned = proof.leaf().checkpoint();
    SignedNote own = SignedNote.of(cosigned.text(), cosigned.signatures().subList(0, 2));
    SignedNote half = SignedNote.of(cosigned.text(), cosigned.signatures().subList(0, 3));

    assertFails(Part.WITNESSES, "0 of 1 witnesses", verify(with(proof, own)));
    assertFails(Part.WITNESSES, "0 of 1 witnesses", verify(with(proof, half)));
    assertInstanceOf(Holds.class, verify(federation, with(proof, own), OptionalInt.of(0), fr.now));
    assertFails(
        Part.WITNESSES,
        "cosignatures: 1 of 1 witnesses; 2 required",
        verify(federation, proof.encode(), OptionalInt.of(2), fr.now));
    // sg.police is a member, but no witness.
    assertFails(Part.WITNESSES, "0 of 1 witnesses", verify(with(proof, fr.sign("sg.police"))));
  }

  @Test
  void gatewayKey_vouchedForByAnotherAgency_isRefused() {
    MessageProof proof = proofs()[0];
    MessageProof.Voucher theirs = new MessageProof.Voucher(false, fr.keyBundle(DE));
    assertFails(
        Part.ORIGIN_KEY,
        "fr.customs",
        verify(with(proof, proof.envelope(), theirs, proof.bundle(), proof.leaf())));
    MessageProof.Voucher misnamed = new MessageProof.Voucher(true, proof.voucher().bytes());
    assertFails(
        Part.ORIGIN_KEY,
        "fr.customs",
        verify(with(proof, proof.envelope(), misnamed, proof.bundle(), proof.leaf())));
  }

  /** An agency may have a thousand keys, and the check of a whole proof is dear. */
  @Test
  void statements_aboutOtherGatewayKeys_areNotTried() {
    MessageId id = fr.accept(1, DE).get(0);
    fr.sign("de.customs");
    byte[] prefix = KeyBuilder.key().u8(6).ascii(FR.value()).done();
    KeyValue own = requireNonNull(fr.store.last(Table.EVIDENCE, prefix, KeyBuilder.endOf(prefix)));
    Batch moved = fr.store.batch().delete(Table.EVIDENCE, own.key());
    byte[] another = Ed25519SigningKey.generate(new SecureRandom()).verifyingKey().encoded();
    byte[] key = KeyBuilder.key().bytes(prefix).bytes(another).done();
    fr.store.commit(moved.put(Table.EVIDENCE, key, own.value()), Durability.SYNCED);

    assertRefused(Code.NOT_FOUND, "no statement is stored", id);

    fr.store.commit(
        fr.store.batch().put(Table.EVIDENCE, own.key(), own.value()), Durability.SYNCED);
    assertInstanceOf(Holds.class, verify(fr.prove(id)));
  }

  @Test
  void fileInAnotherForm_isRefused() {
    byte[] file = proofs()[0].encode();
    String text = new String(file, StandardCharsets.UTF_8);
    String header =
        text.lines().filter(line -> line.startsWith("header ")).findFirst().orElseThrow();
    for (String altered :
        List.of(
            text + "\n",
            text.replace("\n\nc2sp", "\n\n\nc2sp"),
            text.replace(header + "\n", ""),
            text.replace(header, header + "="),
            text.replace("message proof", "message proofs"),
            text.replace("\r", "").replace(header, "header"),
            text.replace(header, "header ****"))) {
      assertFails(Part.FILE, "", verify(altered.getBytes(StandardCharsets.UTF_8)));
    }
    assertFails(Part.FILE, "", verify(new byte[0]));
  }
}
