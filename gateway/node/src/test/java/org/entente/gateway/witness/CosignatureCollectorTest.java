package org.entente.gateway.witness;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.witness.WitnessBench.FEDERATION;
import static org.entente.gateway.witness.WitnessBench.NOW;
import static org.entente.gateway.witness.WitnessBench.ORIGIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.entente.gateway.audit.Appender;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.CheckpointSigner;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.record.LeafSealer;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointCosigner;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.FormerLog;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.audit.tree.WitnessKeys;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log's side against real witnesses, over a way that a test can cut. */
class CosignatureCollectorTest {
  private static final AgencyName NL = new AgencyName("nl.customs");
  private static final Duration START_WAIT = Duration.ofSeconds(5);

  @TempDir private Path directory;

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private Instant now = NOW;
  private final Map<AgencyName, WitnessBench> witnesses = new TreeMap<>();
  private final Set<AgencyName> cut = new HashSet<>();
  private final List<Code> alarms = new ArrayList<>();
  private TrustBundle bundle = WitnessBench.BUNDLE;

  @SuppressWarnings("NullAway.Init") // before each test
  private Node node;

  /** A gateway's log with what signs and what witnesses it. */
  private class Node {
    final MemoryStore store;
    final AuditLog log;
    final Appender appender;
    final CheckpointSigner signer;
    final CosignatureCollector witnessing;

    Node(MemoryStore store, Path directory, int quorum) {
      this(store, directory, quorum, ORIGIN);
    }

    Node(MemoryStore store, Path directory, int quorum, LogOrigin origin) {
      this.store = store;
      SigningPair keys = FEDERATION.audit("fr.customs");
      AuditLog.Opening opening =
          AuditLog.open(
              store, directory, new CheckpointVerifier(origin, List.of(keys.verifyingPair())));
      log = ((AuditLog.Opening.Opened) opening).log();
      appender = log.appender(new PlainSealer(), new SecureRandom());
      signer = new CheckpointSigner(log, keys, Duration.ofSeconds(1));
      witnessing =
          new CosignatureCollector(
              log,
              new CosignatureCollector.Parts(
                  FR,
                  () -> bundle,
                  this::send,
                  (code, why) -> alarms.add(code),
                  () -> now,
                  new PlainSealer(),
                  this::admit),
              new CosignatureCollector.Settings(quorum, START_WAIT, Duration.ofSeconds(1)));
    }

    boolean send(AgencyName to, WitnessRequest request) {
      if (!cut.contains(to)) {
        transit(to, request).ifPresent(answer -> witnessing.answered(to, answer));
      }
      return true;
    }

    Optional<WitnessAnswer> transit(AgencyName to, WitnessRequest request) {
      return bench(to).witness.answer(FR, request).join();
    }

    void grow(int leaves) {
      for (int i = 0; i < leaves; i++) {
        append(AuditRecord.ofNode(AuditType.OPERATOR_ACTION, now, AuditActor.gateway(FR), "x"));
      }
    }

    void append(AuditRecord record) {
      Batch batch = store.batch();
      appender.append(batch, List.of(record));
      store.commit(batch, Durability.SYNCED);
      appender.committed();
    }

    void admit(FormerLog former) {
      append(naming(AuditType.LOG_CONFLICT, former));
    }

    AuditRecord naming(AuditType type, FormerLog former) {
      return AuditRecord.of(
          type, LawCategory.NONE, now, AuditActor.gateway(FR), AuditSubject.of(former));
    }

    /** What a second of a running node does. */
    void second() {
      witnessing.round();
      if (witnessing.maySign()) {
        signer.maybeSign(now);
      }
      witnessing.round();
      now = now.plusSeconds(1);
    }

    void seconds(int count) {
      for (int i = 0; i < count; i++) {
        second();
      }
    }

    long signedSize() {
      return log.signed().map(s -> s.checkpoint().size()).orElse(0L);
    }

    Set<AgencyName> cosigners() {
      Set<AgencyName> out = new HashSet<>();
      log.cosigned()
          .ifPresent(
              cosigned -> {
                for (AgencyName agency : witnesses.keySet()) {
                  if (keys(agency).find(cosigned.note()).isPresent()) {
                    out.add(agency);
                  }
                }
              });
      return out;
    }
  }

  private static final class PlainSealer implements LeafSealer {
    @Override
    public byte[] seal(long index, byte[] plaintext) {
      return plaintext.clone();
    }

    @Override
    public Optional<byte[]> open(long index, byte[] sealed) {
      return Optional.of(sealed);
    }
  }

  private WitnessBench bench(AgencyName agency) {
    return java.util.Objects.requireNonNull(witnesses.get(agency));
  }

  private WitnessKeys keys(AgencyName agency) {
    return new WitnessKeys(
        TestFederation.NAME,
        agency,
        bundle.agency(agency).orElseThrow().audit().stream().map(AgencyKey::pair).toList());
  }

  @BeforeEach
  void federation() {
    List<Member> members = new ArrayList<>(FEDERATION.content(1).agencies());
    members.add(
        FEDERATION.mint(
            NL, "NL", AgencyKind.CUSTOMS, Set.of(AgencyRole.MEMBER, AgencyRole.WITNESS)));
    members.sort(Comparator.comparing(Member::name));
    bundle = FEDERATION.bundle(FEDERATION.content(2, members));
    for (AgencyName agency : List.of(DE, NL)) {
      witnesses.put(
          agency,
          WitnessBench.started(
              agency,
              bundle,
              new CheckpointCosigner(
                  TestFederation.NAME, agency, FEDERATION.audit(agency.value()))));
    }
    node = new Node(new MemoryStore(disk), directory, 2);
  }

  @org.junit.jupiter.api.AfterEach
  void close() {
    witnesses.values().forEach(WitnessBench::close);
  }

  @Test
  void log_withWitnesses_keepsItsCheckpointWithAllCosignatures() {
    node.grow(5);
    node.seconds(3);
    assertEquals(Set.of(DE, NL), node.cosigners());
    assertEquals(5, node.log.cosigned().orElseThrow().checkpoint().size());
    node.grow(60);
    node.seconds(4);
    assertEquals(65, node.log.cosigned().orElseThrow().checkpoint().size());
    assertEquals(2, node.witnessing.keepingUp());
    CheckpointCheck check =
        node.log.verifier().check(node.log.cosigned().orElseThrow().note().encode());
    assertTrue(check instanceof CheckpointCheck.Signed, "cosignatures leave the log's valid");
    Node again = new Node(new MemoryStore(disk), directory, 2);
    assertEquals(
        node.log.cosigned().orElseThrow().note(), again.log.cosigned().orElseThrow().note());
  }

  @Test
  void start_isNotSignedBeforeWitnessesAnsweredOrTheWaitIsOver() {
    cut.add(NL);
    node.grow(1);
    node.seconds(4);
    assertEquals(0, node.signedSize());
    node.seconds(3);
    assertEquals(1, node.signedSize());
  }

  @Test
  void start_withAllWitnessesHeard_isSignedAtOnce() {
    node.grow(1);
    node.second();
    assertEquals(1, node.signedSize());
  }

  @Test
  void quorumDown_logGoesOnUnwitnessed_andRecoversByItself() {
    node.grow(1);
    node.seconds(3);
    assertEquals(2, node.witnessing.keepingUp());
    cut.add(NL);
    for (int i = 0; i < 40; i++) {
      node.grow(1);
      node.second();
    }
    assertEquals(41, node.signedSize(), "signing does not wait for witnesses");
    assertEquals(1, node.witnessing.keepingUp());
    assertEquals(1, node.log.cosigned().orElseThrow().checkpoint().size());
    assertTrue(bench(DE).ledger.witness().latest(ORIGIN).orElseThrow().checkpoint().size() > 35);
    cut.remove(NL);
    node.seconds(15);
    assertEquals(2, node.witnessing.keepingUp());
    assertEquals(41, node.log.cosigned().orElseThrow().checkpoint().size());
    assertEquals(Set.of(DE, NL), node.cosigners());
    assertEquals(List.of(), alarms);
  }

  @Test
  void restoredLog_behindAWitness_isConvictedAndNotSigned() {
    node.grow(10);
    node.seconds(3);
    MemoryStore.Disk older = new MemoryStore.Disk();
    Path lost = directory.resolve("restored");
    Node restored = new Node(new MemoryStore(older), lost, 0);
    restored.grow(3);
    restored.seconds(20);
    assertEquals(List.of(Code.AUDIT_LOG_BEHIND), alarms);
    assertEquals(0, restored.signedSize());
    assertFalse(restored.witnessing.maySign());
    assertTrue(restored.witnessing.contradiction().orElseThrow().contains("10"));
    assertTrue(Files.exists(lost.resolve("witnessed")), "the operator's next step rests on it");
    restored.grow(30);
    restored.seconds(20);
    assertEquals(0, restored.signedSize(), "growing past it does not help");
  }

  @Test
  void restoredLog_grownBeyondBeforeItAsks_isConvictedAsAFork() {
    node.grow(10);
    node.seconds(3);
    Node restored =
        new Node(new MemoryStore(new MemoryStore.Disk()), directory.resolve("restored"), 0);
    restored.grow(30);
    restored.second();
    assertEquals(List.of(Code.AUDIT_LOG_FORKED), alarms);
    assertEquals(0, restored.signedSize());
  }

  @Test
  void log_behindALaterLogOfItsGateway_isConvicted() {
    GrowingLog second = WitnessBench.log().grow(4, "y").next(4).grow(3, "x");
    bench(DE).answer(second, second.request(0, 4, NOW));
    node.grow(1);
    node.second();
    assertEquals(List.of(Code.AUDIT_LOG_BEHIND), alarms);
    assertEquals(0, node.signedSize());
  }

  /**
   * The two witnesses hold different sizes, as they do when one was away; the operator who opened
   * the next log knew only what the first one held.
   */
  @Test
  void nextLog_admitsInAnotherLeafWhatAWitnessHoldsBeyondItsFirst_andIsCosignedByAll() {
    node.grow(10);
    node.seconds(3);
    cut.add(DE);
    node.grow(5);
    node.seconds(15);
    cut.remove(DE);
    Checkpoint first = bench(DE).ledger.witness().latest(ORIGIN).orElseThrow().checkpoint();
    assertEquals(10, first.size());
    Node next = nextLog();
    next.append(
        next.naming(
            AuditType.LOG_OPENED,
            new FormerLog(ORIGIN, null, null, new TreeHead(first.size(), first.root()))));
    next.grow(3);
    next.seconds(20);
    assertEquals(Set.of(DE, NL), next.cosigners());
    assertEquals(List.of(), alarms);
    assertEquals(5, next.signedSize(), "one leaf more");
  }

  /** Witnesses that were away at different times tell each other what they hold. */
  @Test
  void witnessesThatTellEachOther_goOnCosigning_alsoAfterANextLog() {
    node.grow(10);
    node.seconds(3);
    for (AgencyName away : List.of(NL, DE)) {
      cut.add(away);
      node.grow(5);
      node.seconds(15);
      gossip();
      cut.remove(away);
      node.grow(1);
      node.seconds(20);
      assertEquals(Set.of(DE, NL), node.cosigners());
      assertEquals(node.log.head().size(), node.log.cosigned().orElseThrow().checkpoint().size());
    }
    assertEquals(List.of(), alarms);
    cut.add(NL);
    Node next = nextLog();
    Checkpoint known = bench(DE).ledger.witness().latest(ORIGIN).orElseThrow().checkpoint();
    next.append(
        next.naming(
            AuditType.LOG_OPENED,
            new FormerLog(ORIGIN, null, null, new TreeHead(known.size(), known.root()))));
    next.seconds(10);
    gossip();
    next.grow(1);
    next.seconds(10);
    cut.remove(NL);
    next.seconds(20);
    assertEquals(Set.of(DE, NL), next.cosigners());
    assertEquals(List.of(), alarms);
  }

  /** Each of two gateways with one ledger reaches another witness. */
  @Test
  void twins_thatReachDifferentWitnesses_areConvictedByWhatTheseTellEachOther() {
    cut.add(NL);
    node.grow(10);
    node.seconds(10);
    cut.remove(NL);
    cut.add(DE);
    Node twin = new Node(new MemoryStore(new MemoryStore.Disk()), directory.resolve("twin"), 0);
    twin.grow(12);
    twin.seconds(10);
    cut.clear();
    assertEquals(List.of(), alarms, "each witness sees one history");
    gossip();
    node.grow(1);
    node.seconds(3);
    assertTrue(node.witnessing.contradiction().isPresent());
    twin.grow(1);
    twin.seconds(15);
    assertTrue(twin.witnessing.contradiction().isPresent());
    assertEquals(10, bench(DE).ledger.witness().latest(ORIGIN).orElseThrow().checkpoint().size());
    assertEquals(12, bench(NL).ledger.witness().latest(ORIGIN).orElseThrow().checkpoint().size());
  }

  private void gossip() {
    for (AgencyName from : List.of(DE, NL)) {
      new CheckpointGossip(
              from,
              bench(from).ledger.witness(),
              () -> bundle,
              (to, said) -> bench(to).witness.reported(from, said),
              () -> now)
          .round();
    }
    witnesses.values().forEach(bench -> bench.ledger.write(Lane.ROUTINE, tx -> true).join());
  }

  @Test
  void nextLog_thatNamesNoLogThatEnded_isCosignedByNobody() {
    node.grow(10);
    node.seconds(3);
    Node next = nextLog();
    next.grow(4);
    next.seconds(20);
    assertEquals(Set.of(), next.cosigners());
    assertEquals(10, bench(DE).ledger.witness().latest(ORIGIN).orElseThrow().checkpoint().size());
  }

  /** The twenty-second look: each smaller one cost another leaf. */
  @Test
  void nextLog_admitsTheLargestThatAWitnessHolds_andWithItAllSmallerOnes() {
    GrowingLog lost = new GrowingLog(ORIGIN, FEDERATION.audit("fr.customs")).grow(60, "lost");
    cut.add(DE);
    cut.add(NL);
    Node next = nextLog();
    next.append(next.naming(AuditType.LOG_OPENED, lost.former(5)));
    next.seconds(8);
    assertEquals(1, next.log.head().size());
    for (int[] shown : List.of(new int[] {10, 20, 30, 40}, new int[] {11, 21, 31, 41})) {
      WitnessAnswer.Builder answer = holding(lost, 60).toBuilder();
      for (int size : shown) {
        answer.addReported(ByteString.copyFrom(lost.sign(size, NOW).encode()));
      }
      next.witnessing.answered(
          DE, answer.setOrigin(next.log.origin().line()).setStatus(WitnessRules.CONFLICT).build());
      next.seconds(15);
    }
    assertEquals(2, next.log.head().size(), "one leaf admits all");
  }

  /** It has many checkpoints of the lost log, and shows them one by one. */
  @Test
  void nextLog_whichAWitnessShowsEverLargerCheckpoints_writesAFewLeavesAnHour() {
    GrowingLog lost = new GrowingLog(ORIGIN, FEDERATION.audit("fr.customs")).grow(60, "lost");
    cut.add(DE);
    cut.add(NL);
    Node next = nextLog();
    next.append(next.naming(AuditType.LOG_OPENED, lost.former(5)));
    next.seconds(8);
    for (int size = 10; size < 10 + 2 * LogAdmissions.MOST_LEAVES; size++) {
      next.witnessing.answered(
          DE,
          holding(lost, size).toBuilder()
              .setOrigin(next.log.origin().line())
              .setStatus(WitnessRules.CONFLICT)
              .build());
      next.seconds(15);
    }
    assertEquals(1 + LogAdmissions.MOST_LEAVES, next.log.head().size());
  }

  private Node nextLog() {
    return new Node(
        new MemoryStore(new MemoryStore.Disk()), directory.resolve("next"), 0, ORIGIN.numbered(2));
  }

  @Test
  void quorum_isTheMajority_unlessItIsConfigured() {
    Node byDefault =
        new Node(new MemoryStore(new MemoryStore.Disk()), directory.resolve("default"), 0);
    assertEquals(2, byDefault.witnessing.quorum(), "of two");
    cut.add(NL);
    byDefault.grow(1);
    byDefault.seconds(20);
    assertEquals(1, byDefault.witnessing.keepingUp());
    assertEquals(Optional.empty(), byDefault.log.cosigned());
    cut.remove(NL);
    byDefault.seconds(20);
    assertEquals(Set.of(DE, NL), byDefault.cosigners());
  }

  @Test
  void liesOnTheWay_neitherConvictNorCount() {
    GrowingLog forged =
        new GrowingLog(ORIGIN, SigningPair.generate(new SecureRandom())).grow(1_000, "x");
    GrowingLog others = new GrowingLog(ORIGIN, FEDERATION.audit("de.customs")).grow(1_000, "x");
    cut.add(DE);
    cut.add(NL);
    node.grow(4);
    node.second();
    for (GrowingLog lie : List.of(forged, others)) {
      node.witnessing.answered(
          DE,
          WitnessAnswer.newBuilder()
              .setOrigin(ORIGIN.line())
              .setStatus(200)
              .setLatest(ByteString.copyFrom(lie.sign(1_000, NOW).encode()))
              .build());
    }
    node.seconds(6);
    assertEquals(4, node.signedSize());
    SignedNote signed = node.log.checkpoint().orElseThrow();
    byte[] own =
        WitnessKeys.lines(
            new CheckpointCosigner(TestFederation.NAME, FR, FEDERATION.audit("fr.customs"))
                .cosign(node.log.signed().orElseThrow().checkpoint(), NOW));
    for (byte[] lines : List.of(own, new byte[] {1, 2, 3}, signed.encode())) {
      node.witnessing.answered(
          DE,
          WitnessAnswer.newBuilder()
              .setOrigin(ORIGIN.line())
              .setSize(4)
              .setStatus(200)
              .setCosignatures(ByteString.copyFrom(lines))
              .build());
    }
    assertEquals(List.of(), alarms);
    assertEquals(0, node.witnessing.keepingUp());
    assertEquals(Optional.empty(), node.log.cosigned());
  }

  /** The twenty-ninth look: it met the quorum here, and no auditor could use the checkpoint. */
  @Test
  void cosignature_ofATimeThatNobodyElseAccepts_doesNotCount() {
    Duration hour = Duration.ofHours(1);
    CheckpointCosigner liar =
        new CheckpointCosigner(TestFederation.NAME, DE, FEDERATION.audit("de.customs"));
    cut.add(DE);
    cut.add(NL);
    node.grow(4);
    node.seconds(7);
    for (AgencyName witness : List.of(DE, NL)) {
      node.witnessing.answered(
          witness,
          WitnessAnswer.newBuilder().setOrigin(ORIGIN.line()).setStatus(WitnessRules.OK).build());
    }
    node.second();
    for (Instant at :
        List.of(
            Instant.MAX,
            Instant.EPOCH,
            now.plus(hour).plusSeconds(1),
            now.minus(hour).minusSeconds(1))) {
      node.witnessing.answered(DE, cosigned(liar, at));
      assertEquals(0, node.witnessing.keepingUp(), at.toString());
    }
    node.witnessing.answered(DE, cosigned(liar, now.plus(hour)));
    assertEquals(1, node.witnessing.keepingUp());
  }

  private WitnessAnswer cosigned(CheckpointCosigner witness, Instant at) {
    Checkpoint signed = node.log.signed().orElseThrow().checkpoint();
    return WitnessAnswer.newBuilder()
        .setOrigin(ORIGIN.line())
        .setSize(signed.size())
        .setStatus(WitnessRules.OK)
        .setCosignatures(ByteString.copyFrom(WitnessKeys.lines(witness.cosign(signed, at))))
        .build();
  }

  /** The twenty-second look: a thief of it and one witness halted the gateway. */
  @Test
  void checkpoint_signedWithAPairThatTheRootsHaveRemoved_convictsNobody() {
    SigningPair removed = SigningPair.generate(new SecureRandom());
    node.grow(4);
    node.second();
    node.log.know(removed.verifyingPair());
    node.witnessing.answered(DE, holding(new GrowingLog(ORIGIN, removed).grow(2, "x"), 2));
    node.witnessing.answered(DE, holding(new GrowingLog(ORIGIN, removed).grow(9, "x"), 9));
    LogOrigin later = ORIGIN.numbered(2);
    node.witnessing.answered(DE, holding(new GrowingLog(later, removed).grow(1, "x"), 1));
    assertEquals(List.of(), alarms);
    assertEquals(Optional.empty(), node.witnessing.contradiction());
    assertTrue(node.witnessing.maySign());
    SigningPair listed = FEDERATION.audit("fr.customs");
    node.witnessing.answered(DE, holding(new GrowingLog(ORIGIN, listed).grow(2, "x"), 2));
    assertEquals(List.of(Code.AUDIT_LOG_FORKED), alarms);
  }

  /** The twenty-third look: nobody heard of it, and the log may have been set back. */
  @Test
  void checkpoint_signedWithARemovedPair_thatTheLogContradicts_isShownToItsOperator() {
    SigningPair removed = SigningPair.generate(new SecureRandom());
    node.grow(4);
    node.second();
    node.log.know(removed.verifyingPair());
    assertEquals(Optional.empty(), node.witnessing.doubt());
    node.witnessing.answered(DE, holding(new GrowingLog(ORIGIN, removed).grow(9, "x"), 9));
    String doubt = node.witnessing.doubt().orElseThrow();
    assertTrue(doubt.startsWith("de.customs: "), doubt);
    assertTrue(doubt.contains("9"), doubt);
    node.witnessing.answered(NL, holding(new GrowingLog(ORIGIN, removed).grow(2, "x"), 2));
    assertEquals(Optional.of(doubt), node.witnessing.doubt(), "the first is enough");
  }

  private static WitnessAnswer holding(GrowingLog log, int size) {
    return WitnessAnswer.newBuilder()
        .setOrigin(ORIGIN.line())
        .setStatus(200)
        .setLatest(ByteString.copyFrom(log.sign(size, NOW).encode()))
        .build();
  }

  /** The sixth look: what comes after each answer then waited ten seconds. */
  @Test
  void witness_thatAnswersAndNeverCosigns_slowsNoOther() {
    int[] status = {WitnessRules.OK};
    Node slowed =
        new Node(node.store, directory, 1) {
          @Override
          Optional<WitnessAnswer> transit(AgencyName to, WitnessRequest request) {
            return to.equals(NL)
                ? Optional.of(
                    WitnessAnswer.newBuilder()
                        .setOrigin(request.getOrigin())
                        .setStatus(status[0])
                        .build())
                : super.transit(to, request);
          }
        };
    for (int one : new int[] {WitnessRules.OK, WitnessRules.CONFLICT, WitnessRules.UNAVAILABLE}) {
      status[0] = one;
      Set<Long> cosigned = new HashSet<>();
      for (int i = 0; i < 20; i++) {
        slowed.grow(1);
        slowed.second();
        slowed.log.cosigned().ifPresent(note -> cosigned.add(note.checkpoint().size()));
      }
      assertTrue(cosigned.size() > 10, "with " + one + ": " + cosigned);
    }
  }

  @Test
  void transitThatSaysTheWitnessHoldsNothing_delaysTheTruthByOneRequest() {
    node.grow(10);
    node.seconds(3);
    Node restored =
        new Node(new MemoryStore(new MemoryStore.Disk()), directory.resolve("restored"), 0);
    restored.grow(12);
    for (AgencyName witness : List.of(DE, NL)) {
      restored.witnessing.status();
      restored.witnessing.answered(
          witness, WitnessAnswer.newBuilder().setOrigin(ORIGIN.line()).setStatus(200).build());
    }
    restored.seconds(3);
    assertEquals(List.of(Code.AUDIT_LOG_FORKED), alarms);
    assertEquals(Set.of(), restored.cosigners());
  }

  @Test
  void answersLostAndRepeated_underAnySeed_endWithAllCosignatures() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      Node lossy =
          new Node(node.store, directory, 2) {
            @Override
            Optional<WitnessAnswer> transit(AgencyName to, WitnessRequest request) {
              Optional<WitnessAnswer> answer =
                  random.nextInt(3) == 0 ? Optional.empty() : super.transit(to, request);
              if (answer.isPresent() && random.nextInt(4) == 0) {
                witnessing.answered(to, answer.get());
              }
              return random.nextInt(3) == 0 ? Optional.empty() : answer;
            }
          };
      for (int i = 0; i < 30; i++) {
        lossy.grow(random.nextInt(3));
        lossy.second();
      }
      int patience = 0;
      while (lossy.log.cosigned().isEmpty()
          || lossy.log.cosigned().get().checkpoint().size() < lossy.log.head().size()) {
        lossy.second();
        assertTrue(patience++ < 600, "seed " + seed);
      }
      assertEquals(List.of(), alarms, "seed " + seed);
    }
  }
}
